// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.shell;

import gantry.doctor.Doctor;
import gantry.doctor.Examination;
import gantry.doctor.Examination.Case;
import gantry.doctor.Order;
import gantry.errors.InvalidArgumentException;
import gantry.errors.UnavailableException;
import gantry.plugins.GoDuration;
import gantry.plugins.Handle;
import java.time.Duration;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;

/** The command that finds what was left behind; its result is what is printed. */
@Component(
    service = DoctorCommands.class,
    property = {"osgi.command.scope=gantry", "osgi.command.function=doctor"})
public final class DoctorCommands {
  private static final Duration WHOLE = Duration.ofHours(1);
  private static final Duration MIN_AGE = Duration.ofSeconds(60);

  private final AtomicReference<@Nullable Handle<Doctor>> doctor = new AtomicReference<>();

  /** Who can say. */
  @Reference(
      target = "(contract=gantry.doctor.Doctor)",
      cardinality = ReferenceCardinality.OPTIONAL,
      policy = ReferencePolicy.DYNAMIC)
  void bindDoctor(Handle<Doctor> found) {
    doctor.set(found);
  }

  void unbindDoctor(Handle<Doctor> gone) {
    doctor.compareAndSet(gone, null);
  }

  /** {@code doctor [--fix KINDS] [--dry-run] [--min-age DURATION] [KIND...]}. */
  public String doctor(String... words) {
    Handle<Doctor> handle = doctor.get();
    if (handle == null) {
      throw new UnavailableException("examine: the doctor plugin is not there; see plugins");
    }
    Order order = order(List.of(words));
    return table(handle.within(WHOLE).call(d -> d.examine(order)));
  }

  private static Order order(List<String> words) {
    Set<String> kinds = new HashSet<>();
    Set<String> fix = new HashSet<>();
    boolean isDryRun = false;
    Duration minAge = MIN_AGE;
    Iterator<String> rest = words.iterator();
    while (rest.hasNext()) {
      String word = rest.next();
      switch (word) {
        case "--fix" -> fix.addAll(List.of(value(word, rest).split(",", -1)));
        case "--dry-run" -> isDryRun = true;
        case "--min-age" -> minAge = duration(value(word, rest));
        default -> kinds.add(word);
      }
    }
    return new Order(kinds, fix, isDryRun, minAge);
  }

  private static String value(String option, Iterator<String> rest) {
    try {
      return rest.next();
    } catch (NoSuchElementException e) {
      throw new InvalidArgumentException(option + ": its value is missing", e);
    }
  }

  private static Duration duration(String text) {
    return GoDuration.parse(text)
        .orElseThrow(
            () ->
                new InvalidArgumentException(
                    "--min-age %s: want a duration such as 10s".formatted(text)));
  }

  private static String table(Examination examination) {
    StringBuilder text = new StringBuilder();
    if (examination.cases().isEmpty()) {
      text.append("nothing found");
    } else {
      TextTable table = new TextTable("KIND", "NAME", "SINCE", "OWNER", "OUTCOME", "REASON");
      examination.cases().forEach(found -> row(table, found));
      text.append(table);
    }
    examination
        .blind()
        .forEach(
            one -> text.append("\n%s could not look: %s".formatted(one.plugin(), one.reason())));
    if (examination.young() > 0) {
      text.append("\n%d too young to be shown".formatted(examination.young()));
    }
    if (examination.unlisted() > 0) {
      text.append("\n%d more not shown".formatted(examination.unlisted()));
    }
    return text.toString();
  }

  private static void row(TextTable table, Case found) {
    table.row(
        found.finding().kind(),
        found.finding().name(),
        Objects.toString(found.finding().since(), "-"),
        found.finding().owner(),
        found.outcome().name().toLowerCase(Locale.ROOT).replace('_', ' '),
        found.message().isEmpty() ? found.finding().reason() : found.message());
  }
}
