// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.shell;

import gantry.errors.InvalidArgumentException;
import gantry.plugins.LogLevels;
import gantry.plugins.PluginBundle;
import gantry.plugins.PluginBundles;
import gantry.plugins.PluginInventory;
import gantry.plugins.PluginStatus;
import java.nio.file.Path;
import java.util.Locale;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** The commands of the scope {@code gantry}: each method is one, its result is what is printed. */
@Component(
    service = ShellCommands.class,
    property = {
      "osgi.command.scope=gantry",
      "osgi.command.function=plugins",
      "osgi.command.function=bundles",
      "osgi.command.function=install",
      "osgi.command.function=update",
      "osgi.command.function=uninstall",
      "osgi.command.function=loglevel",
    })
public final class ShellCommands {
  private final PluginInventory inventory;
  private final PluginBundles bundles;
  private final LogLevels levels;

  /** Commands on the kernel. */
  @Activate
  public ShellCommands(
      @Reference PluginInventory inventory,
      @Reference PluginBundles bundles,
      @Reference LogLevels levels) {
    this.inventory = inventory;
    this.bundles = bundles;
    this.levels = levels;
  }

  /** {@code plugins}: all plugins with their status. */
  public String plugins() {
    TextTable table = new TextTable("TYPE", "ID", "STATUS", "REASON");
    for (PluginStatus plugin : inventory.plugins()) {
      String reason = plugin.reason();
      table.row(
          plugin.uri().type(),
          plugin.uri().id(),
          plugin.state().name().toLowerCase(Locale.ROOT),
          reason == null ? "" : reason);
    }
    return table.toString();
  }

  /** {@code bundles}: all bundles, and whether their code shipped. */
  public String bundles() {
    TextTable table = new TextTable("NAME", "VERSION", "STATE", "ORIGIN");
    for (PluginBundle bundle : bundles.bundles()) {
      table.row(
          bundle.name(),
          bundle.version(),
          bundle.state(),
          bundle.origin().name().toLowerCase(Locale.ROOT));
    }
    return table.toString();
  }

  /** {@code install FILE}: a new bundle, now and at the next start. */
  public String install(String file) {
    return describe(bundles.install(path(file)));
  }

  /** {@code update NAME FILE}: other code for a bundle, now and at the next start. */
  public String update(String name, String file) {
    return describe(bundles.update(name, path(file)));
  }

  /** {@code uninstall NAME}: removes a bundle, or goes back to the code that shipped. */
  public String uninstall(String name) {
    bundles.uninstall(name);
    return bundles.bundles().stream()
        .filter(bundle -> bundle.name().equals(name))
        .findFirst()
        .map(ShellCommands::describe)
        .orElse(name + " removed");
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

  private static String describe(PluginBundle bundle) {
    return "%s %s %s".formatted(bundle.name(), bundle.version(), bundle.state());
  }

  private static Path path(String file) {
    Path path = Path.of(file.startsWith("file:") ? file.substring("file:".length()) : file);
    if (!path.isAbsolute()) {
      throw new InvalidArgumentException(
          "read %s: the daemon has another working directory; give the whole path".formatted(file));
    }
    return path;
  }
}
