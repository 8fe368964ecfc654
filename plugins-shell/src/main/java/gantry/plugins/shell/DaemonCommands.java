// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.shell;

import gantry.errors.InvalidArgumentException;
import gantry.errors.UnavailableException;
import gantry.metadata.Metadata;
import gantry.metadata.StoreUsage;
import gantry.metadata.StoreUsage.Amount;
import gantry.plugins.Handle;
import gantry.plugins.LogLevels;
import gantry.plugins.PluginDirectories;
import java.io.IOException;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.felix.service.command.CommandSession;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;

/** The commands about the daemon itself: each method is one, its result is what is printed. */
@Component(
    service = DaemonCommands.class,
    property = {
      "osgi.command.scope=gantry",
      "osgi.command.function=df",
      "osgi.command.function=threads",
      "osgi.command.function=loglevel",
      "osgi.command.function=help",
    })
public final class DaemonCommands {
  private final LogLevels levels;
  private final PluginDirectories directories;
  private final AtomicReference<@Nullable Handle<Metadata>> metadata = new AtomicReference<>();

  /** Commands on the kernel. */
  @Activate
  public DaemonCommands(@Reference LogLevels levels, @Reference PluginDirectories directories) {
    this.levels = levels;
    this.directories = directories;
  }

  /** Only {@code df} needs it. */
  @Reference(
      target = "(contract=gantry.metadata.Metadata)",
      cardinality = ReferenceCardinality.OPTIONAL,
      policy = ReferencePolicy.DYNAMIC)
  void bindMetadata(Handle<Metadata> found) {
    metadata.set(found);
  }

  void unbindMetadata(Handle<Metadata> gone) {
    metadata.compareAndSet(gone, null);
  }

  /** {@code df}: what takes up the disk. */
  public String df() throws IOException {
    Handle<Metadata> handle = metadata.get();
    if (handle == null) {
      throw new UnavailableException(
          "count what is stored: the metadata plugin is not there; see plugins");
    }
    StoreUsage usage = handle.<StoreUsage, IOException>call(Metadata::usage);
    TextTable table = new TextTable("WHAT", "COUNT", "SIZE", "RECLAIMABLE");
    row(table, "blobs", usage.blobs());
    usage.snapshots().forEach((name, amount) -> row(table, "snapshots " + name, amount));
    row(table, "ingests", usage.ingests());
    row(table, "orphans", usage.orphans());
    return table.toString();
  }

  private static void row(TextTable table, String what, Amount amount) {
    table.row(
        what, Long.toString(amount.count()), size(amount.bytes()), size(amount.reclaimable()));
  }

  private static String size(long bytes) {
    return bytes < 1_000_000
        ? bytes + "B"
        : String.format(Locale.ROOT, "%.1fMB", bytes / 1_000_000.0);
  }

  /** {@code threads}: how many do what. */
  public String threads() throws IOException {
    return Threads.dump(directories.state(ShellServer.PLUGIN)).summary();
  }

  /** {@code threads PART}: the stacks of those that have this in their name. */
  public String threads(String part) throws IOException {
    return Threads.dump(directories.state(ShellServer.PLUGIN)).stacks(part);
  }

  /** {@code loglevel}: levels that were set. */
  public String loglevel() {
    TextTable table = new TextTable("LOGGER", "LEVEL");
    levels.levels().forEach(table::row);
    return table.toString();
  }

  /** {@code loglevel LEVEL}: the level of everything that has none of its own. */
  public String loglevel(String level) {
    return loglevel(LogLevels.ROOT, level);
  }

  /** {@code loglevel LOGGER LEVEL}: the level of a logger and those below it. */
  public String loglevel(String logger, String level) {
    levels.set(logger, level);
    return logger + " " + level;
  }

  /** {@code help [COMMAND]}: ours from our manual, others from Gogo. */
  public @Nullable Object help(CommandSession session, String... words) throws Exception {
    if (words.length == 0) {
      return Manual.list()
          + "\n\nOf the framework: lb, start, stop, inspect, log, headers, scr:list, scr:info and"
          + " others; felix:help lists all.";
    }
    String wanted = String.join(" ", words);
    var page = Manual.page(wanted);
    if (page.isPresent()) {
      return page.get();
    }
    if (!wanted.matches("[\\w:-]+")) {
      throw new InvalidArgumentException("help %s: no such command; see help".formatted(wanted));
    }
    return session.execute("felix:help " + wanted);
  }
}
