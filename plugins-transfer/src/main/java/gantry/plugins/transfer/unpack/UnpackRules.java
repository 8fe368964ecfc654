// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.transfer.unpack;

import gantry.errors.InvalidArgumentException;
import gantry.oci.Platform;
import gantry.oci.image.ImagePlatform;
import gantry.transfer.StoredImage.UnpackTarget;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What may be unpacked where.
 *
 * @param rules as configured, the first the best
 * @param isOpen whether a client may name any snapshotter, though no rule does
 */
public record UnpackRules(List<UnpackRule> rules, boolean isOpen) {
  /** The snapshotter of clients that name none. */
  public static final String DEFAULT_SNAPSHOTTER = "overlayfs";

  private static final Logger log = LoggerFactory.getLogger(UnpackRules.class);

  /** Copies the rules. */
  public UnpackRules {
    rules = List.copyOf(rules);
  }

  /** The host's operating system in any snapshotter. */
  public static UnpackRules defaults() {
    return new UnpackRules(
        List.of(new UnpackRule(Platform.host(), false, DEFAULT_SNAPSHOTTER, "")), true);
  }

  /**
   * The rules for what a client asks.
   *
   * @throws InvalidArgumentException if it asks for something, and there is no rule for any of it
   */
  public List<UnpackRule> of(List<UnpackTarget> targets) {
    List<UnpackRule> found = new ArrayList<>();
    for (UnpackTarget target : targets) {
      Optional<UnpackRule> rule = of(target);
      rule.ifPresentOrElse(
          found::add,
          () ->
              log.warn(
                  "unpack {} into \"{}\": not supported, skipped; see unpack_config",
                  target.platform(),
                  target.snapshotter()));
    }
    if (found.isEmpty() && !targets.isEmpty()) {
      throw new InvalidArgumentException(
          "unable to initialize unpacker: no unpack platforms defined: invalid argument");
    }
    return found;
  }

  private Optional<UnpackRule> of(UnpackTarget target) {
    ImagePlatform platform = ImagePlatform.of(target.platform());
    List<UnpackRule> fitting = rules.stream().filter(rule -> rule.matches(platform)).toList();
    String wanted = target.snapshotter().isEmpty() ? DEFAULT_SNAPSHOTTER : target.snapshotter();
    Optional<UnpackRule> named =
        fitting.stream().filter(rule -> rule.snapshotter().equals(wanted)).findFirst();
    if (named.isPresent() || fitting.isEmpty()) {
      return named;
    }
    UnpackRule first = fitting.getFirst();
    if (target.snapshotter().isEmpty()) {
      return Optional.of(first);
    }
    return isOpen
        ? Optional.of(new UnpackRule(first.platform(), first.isStrict(), wanted, first.differ()))
        : Optional.empty();
  }
}
