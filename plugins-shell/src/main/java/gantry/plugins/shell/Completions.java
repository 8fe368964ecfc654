// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.shell;

import gantry.plugins.LogLevels;
import gantry.plugins.PluginBundle;
import gantry.plugins.PluginChanges;
import gantry.plugins.PluginInventory;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.felix.service.command.CommandSession;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/**
 * What may stand where somebody types. A candidate is a line: the whole word, and after a tab what
 * it means. One that ends with a slash is not complete. Safe for concurrent use.
 */
@Component(service = Completions.class)
public final class Completions {
  private static final int FILES_MAX = 500;
  private static final Set<String> JARS = Set.of("swap", "install", "update");
  private static final Set<String> NAMES =
      Set.of("rollback", "remove", "rm", "history", "why", "uninstall");
  private static final List<String> LEVELS =
      List.of("trace", "debug", "info", "warn", "error", "fatal", "panic");

  private final PluginInventory inventory;
  private final PluginChanges changes;
  private final LogLevels levels;

  /** Of names the kernel knows. */
  @Activate
  public Completions(
      @Reference PluginInventory inventory,
      @Reference PluginChanges changes,
      @Reference LogLevels levels) {
    this.inventory = inventory;
    this.changes = changes;
    this.levels = levels;
  }

  /**
   * The candidates for the last word, sorted.
   *
   * @param typed the line up to where the next character would go
   */
  List<String> of(CommandSession session, String typed) {
    List<String> words = new ArrayList<>(List.of(typed.stripLeading().split("\\s+", -1)));
    String last = words.removeLast();
    return candidates(session, words, last)
        .filter(candidate -> candidate.startsWith(last))
        .sorted()
        .distinct()
        .toList();
  }

  private Stream<String> candidates(CommandSession session, List<String> before, String last) {
    if (before.isEmpty()) {
      return commands(session);
    }
    boolean isPlugins =
        before.getFirst().equals("plugins") || before.equals(List.of("help", "plugins"));
    if (isPlugins && (before.size() == 1 || before.getFirst().equals("help"))) {
      return Stream.concat(pluginsWords(), options("ls", last));
    }
    String command = isPlugins ? before.get(1) : before.getFirst();
    if (last.startsWith("-")) {
      return options(command, last);
    }
    if (JARS.contains(command)) {
      return files(last).stream();
    }
    if (NAMES.contains(command)) {
      return Stream.concat(uris(), command.equals("why") ? Stream.empty() : bundles());
    }
    return switch (command) {
      case "help" -> commands(session);
      case "loglevel" ->
          before.size() == 1
              ? Stream.concat(levels.levels().keySet().stream(), LEVELS.stream())
              : LEVELS.stream();
      case "lb", "start", "stop", "headers", "inspect" -> bundles();
      case "info", "scr:info" -> uris();
      default -> Stream.empty();
    };
  }

  /** Ours with what they do; those of the framework by their short names, and with their scope. */
  private static Stream<String> commands(CommandSession session) {
    Stream<String> ours =
        Arrays.stream(Manual.values())
            .filter(entry -> !entry.words().contains(" "))
            .map(entry -> entry.words() + "\t" + entry.summary());
    Stream<String> others =
        session.get(".commands") instanceof Collection<?> all
            ? all.stream()
                .map(Object::toString)
                .filter(name -> name.startsWith("felix:") || name.startsWith("scr:"))
            : Stream.empty();
    return Stream.concat(ours, others);
  }

  private static Stream<String> pluginsWords() {
    return Stream.concat(
        Stream.of("ls\tall plugins with their status"),
        Manual.pluginsWords().stream()
            .map(entry -> entry.words().substring("plugins ".length()) + "\t" + entry.summary()));
  }

  private static Stream<String> options(String command, String last) {
    if (!last.startsWith("-")) {
      return Stream.empty();
    }
    return switch (command) {
      case "swap", "install", "update" -> Stream.of("--dry-run", "--force", "--sha256");
      case "rollback", "remove", "rm", "uninstall" -> Stream.of("--dry-run", "--force");
      case "reload" -> Stream.of("--dry-run");
      case "graph" -> Stream.of("--dot", "--svg");
      case "ls", "list" -> Stream.of("--wide");
      default -> Stream.empty();
    };
  }

  private Stream<String> uris() {
    return inventory.plugins().stream().map(plugin -> plugin.uri().toString());
  }

  private Stream<String> bundles() {
    return changes.bundles().stream().map(PluginBundle::name);
  }

  /** Jars and directories below the one that was typed; nothing of those that cannot be read. */
  private static Set<String> files(String typed) {
    Set<String> found = new TreeSet<>();
    int slash = typed.lastIndexOf('/');
    if (!typed.startsWith("/")) {
      return typed.isEmpty() ? Set.of("/") : found;
    }
    String directory = typed.substring(0, slash + 1);
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(Path.of(directory))) {
      for (Path entry : entries) {
        String name = directory + entry.getFileName();
        if (Files.isDirectory(entry)) {
          found.add(name + "/");
        } else if (name.endsWith(".jar")) {
          found.add(name);
        }
        if (found.size() >= FILES_MAX) {
          break;
        }
      }
    } catch (IOException | DirectoryIteratorException unreadable) {
      return Set.of();
    }
    return found;
  }
}
