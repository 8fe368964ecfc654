// SPDX-License-Identifier: Apache-2.0
package gantry.bench;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Measures row by row; one that breaks does not keep the others from being measured. */
final class Bench {
  private final Settings settings;
  private final Table table;

  Bench(Settings settings, Table table) {
    this.settings = settings;
    this.table = table;
  }

  /** All rows; those that want the machine for themselves come last. */
  static List<Row> rows() {
    return List.of(
        new FloorRow(),
        new RunRow(),
        new ExecRow(),
        new RateRow(),
        new CreateRow(),
        new MetadataRow(),
        new ContentRow(),
        new ColdRow(),
        new SwapRow(),
        new FleetRow(),
        new ListRow(),
        new GcRow(),
        new PullRow());
  }

  /** The names of the rows that will be measured. */
  Set<String> wanted() {
    Set<String> names = new TreeSet<>(rows().stream().map(Row::name).toList());
    for (String row : settings.rows()) {
      if (!names.contains(row)) {
        throw new IllegalArgumentException(
            "ROWS: no row \"%s\"; there are %s".formatted(row, String.join(", ", names)));
      }
    }
    return settings.rows().isEmpty() ? names : settings.rows();
  }

  /** Measures the rows that are wanted. */
  Report run(Stage stage, Machine machine) {
    Report report = new Report(table::line);
    table.head(machine);
    Set<String> wanted = wanted();
    for (Row row : rows()) {
      if (wanted.contains(row.name())) {
        try {
          row.measure(stage, report);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          report.failed(row.name(), "interrupted");
          return report;
        } catch (Exception e) {
          report.failed(row.name(), e.toString());
          stage.quiet(); // what it left behind must not fail the next
        }
      }
    }
    table.verdict(report.figures());
    return report;
  }
}
