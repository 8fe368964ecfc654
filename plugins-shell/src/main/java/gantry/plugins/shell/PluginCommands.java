// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.shell;

import gantry.errors.UnavailableException;
import gantry.plugins.ChangeStep;
import gantry.plugins.Handle;
import gantry.plugins.PluginChanges;
import gantry.plugins.PluginGuide;
import gantry.plugins.PluginInventory;
import gantry.plugins.PluginSettings;
import gantry.plugins.PluginTraffic;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.apache.felix.service.command.CommandSession;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;

/**
 * The command {@code plugins} and its short forms: what {@code gantry plugins} says, in the
 * daemon's own shell. Gogo's commands of the same names would not keep what they change.
 */
@Component(
    service = PluginCommands.class,
    property = {
      "osgi.command.scope=gantry",
      "osgi.command.function=plugins",
      "osgi.command.function=bundles",
      "osgi.command.function=install",
      "osgi.command.function=update",
      "osgi.command.function=uninstall",
    })
public final class PluginCommands {
  private static final Set<String> NONE = Set.of();
  private static final Set<String> CHANGE = Set.of("dry-run", "force");
  private static final Set<String> JAR = Set.of("dry-run", "force", "sha256");

  private final PluginInventory inventory;
  private final PluginChanges changes;
  private final PluginSettings settings;
  private final PluginTraffic traffic;
  private final AtomicReference<@Nullable Handle<PluginGuide>> guide = new AtomicReference<>();

  /** Commands on the kernel. */
  @Activate
  public PluginCommands(
      @Reference PluginInventory inventory,
      @Reference PluginChanges changes,
      @Reference PluginSettings settings,
      @Reference PluginTraffic traffic) {
    this.inventory = inventory;
    this.changes = changes;
    this.settings = settings;
    this.traffic = traffic;
  }

  /** Without a guide all but {@code why} and {@code graph} work. */
  @Reference(
      target = "(contract=gantry.plugins.PluginGuide)",
      cardinality = ReferenceCardinality.OPTIONAL,
      policy = ReferencePolicy.DYNAMIC)
  void bindGuide(Handle<PluginGuide> found) {
    guide.set(found);
  }

  void unbindGuide(Handle<PluginGuide> gone) {
    guide.compareAndSet(gone, null);
  }

  /** {@code plugins [WORD …]}. */
  public String plugins(CommandSession session, String... words) {
    String word = words.length == 0 || words[0].startsWith("--") ? "ls" : words[0];
    List<String> rest =
        List.of(words).subList(words.length > 0 && words[0].equals(word) ? 1 : 0, words.length);
    String command = "plugins " + word;
    Consumer<ChangeStep> steps = step -> session.getConsole().println(PluginTables.step(step));
    return switch (word) {
      case "ls", "list" -> list(Line.read("plugins", rest, Set.of("wide")));
      case "bundles" -> PluginTables.bundles(changes.bundles());
      case "swap" -> {
        Line line = Line.read(command, rest, JAR);
        yield PluginTables.change(changes.swap(line.source(), line.options(), steps));
      }
      case "install" -> {
        Line line = Line.read(command, rest, JAR);
        yield PluginTables.change(changes.install(line.source(), line.options(), steps));
      }
      case "rollback" -> {
        Line line = Line.read(command, rest, CHANGE);
        yield PluginTables.change(changes.rollback(name(line), line.options(), steps));
      }
      case "remove", "rm" -> {
        Line line = Line.read(command, rest, CHANGE);
        yield PluginTables.change(changes.remove(name(line), line.options(), steps));
      }
      case "history" -> history(Line.read(command, rest, NONE));
      case "why" -> why(Line.read(command, rest, NONE).only("URI"));
      case "graph" -> graph(Line.read(command, rest, Set.of("dot", "svg")));
      case "reload" -> reload(Line.read(command, rest, Set.of("dry-run")));
      case "traffic" -> PluginTables.traffic(traffic.handles());
      default -> throw Manual.unknown(word);
    };
  }

  /** {@code bundles}. */
  public String bundles(CommandSession session) {
    return plugins(session, "bundles");
  }

  /** {@code install FILE}. */
  public String install(CommandSession session, String... words) {
    return plugins(session, behind("install", words));
  }

  /** {@code update FILE}. */
  public String update(CommandSession session, String... words) {
    return plugins(session, behind("swap", words));
  }

  /** {@code uninstall NAME}. */
  public String uninstall(CommandSession session, String... words) {
    return plugins(session, behind("remove", words));
  }

  private static String[] behind(String word, String... words) {
    String[] all = new String[words.length + 1];
    all[0] = word;
    System.arraycopy(words, 0, all, 1, words.length);
    return all;
  }

  private static String name(Line line) {
    return line.only("URI or BUNDLE");
  }

  private String list(Line line) {
    return line.has("wide")
        ? PluginTables.details(inventory.details())
        : PluginTables.plugins(inventory.plugins());
  }

  private String history(Line line) {
    String name = line.onlyOr("URI or BUNDLE", "");
    return PluginTables.history(
        changes.history().stream()
            .filter(
                change ->
                    name.isEmpty()
                        || change.bundle().equals(name)
                        || change.plugins().contains(name))
            .toList());
  }

  private String reload(Line line) {
    boolean isDryRun = line.has("dry-run");
    return PluginTables.differences(settings.reload(isDryRun), isDryRun);
  }

  private String why(String plugin) {
    return guide().call(g -> g.why(plugin)).stripTrailing();
  }

  private String graph(Line line) {
    PluginGuide.Format format =
        line.has("svg")
            ? PluginGuide.Format.SVG
            : line.has("dot") ? PluginGuide.Format.DOT : PluginGuide.Format.TREE;
    return guide().call(g -> g.graph(format)).stripTrailing();
  }

  private Handle<PluginGuide> guide() {
    Handle<PluginGuide> found = guide.get();
    if (found == null) {
      throw new UnavailableException(
          "explain plugins: no plugin that can is there; install the bundle"
              + " gantry.plugins.explain");
    }
    return found;
  }
}
