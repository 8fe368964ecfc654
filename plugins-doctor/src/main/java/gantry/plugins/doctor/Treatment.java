// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.doctor;

import gantry.doctor.Examination.Case;
import gantry.doctor.Examination.Outcome;
import gantry.doctor.Inspector;
import gantry.errors.FailedPreconditionException;
import gantry.errors.GantryException;
import gantry.plugins.Handle;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Mends one after the other. Some things stay as long as another is there, as the control group of
 * a process; what is refused is tried again as long as something else could be mended.
 */
final class Treatment {
  private static final Logger LOG = LoggerFactory.getLogger(Treatment.class);

  private final Map<String, Handle<Inspector>> inspectors;
  private final Duration limit;

  Treatment(Map<String, Handle<Inspector>> inspectors, Duration limit) {
    this.inspectors = inspectors;
    this.limit = limit;
  }

  /** All cases with what came of them, in the same order. */
  List<Case> of(List<Case> cases) {
    List<Case> treated = new ArrayList<>(cases);
    boolean hasProgress = true;
    while (hasProgress) {
      hasProgress = false;
      for (int i = 0; i < treated.size(); i++) {
        if (treated.get(i).outcome() != Outcome.MENDED) {
          treated.set(i, mend(treated.get(i)));
          hasProgress |= treated.get(i).outcome() == Outcome.MENDED;
        }
      }
      hasProgress &= treated.stream().anyMatch(one -> one.outcome() == Outcome.KEPT);
    }
    return treated;
  }

  private Case mend(Case found) {
    Handle<Inspector> inspector = inspectors.get(found.plugin());
    if (inspector == null) {
      return found.with(Outcome.KEPT, "plugin " + found.plugin() + " is gone");
    }
    try {
      inspector.within(limit).<IOException>run(owner -> owner.mend(found.finding()));
      LOG.info(
          "mended {} {} of {}: {}",
          found.finding().kind(),
          found.finding().name(),
          found.finding().owner(),
          found.finding().reason());
      return found.with(Outcome.MENDED, "");
    } catch (FailedPreconditionException e) {
      return found.with(Outcome.KEPT, String.valueOf(e.getMessage()));
    } catch (IOException | GantryException e) {
      LOG.warn("mend {} {}", found.finding().kind(), found.finding().name(), e);
      return found.with(Outcome.KEPT, String.valueOf(e.getMessage()));
    }
  }
}
