// SPDX-License-Identifier: Apache-2.0
package gantry.boot.config;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Loads the configuration of the daemon. One load per instance. */
public final class ConfigLoader {
  private static final String METADATA = "io.containerd.metadata.v1.bolt";
  private static final List<String> NOT_WHILE_REBUILDING =
      List.of(
          "io.containerd.server.v1.grpc",
          "io.containerd.server.v1.ttrpc",
          "io.containerd.gc.v1.scheduler",
          "io.containerd.runtime.v2.task",
          "io.containerd.shim.v1.manager");

  private final Flags flags;
  private final List<Problem> errors = new ArrayList<>();
  private final List<Problem> warnings = new ArrayList<>();
  private final List<Path> places = new ArrayList<>();
  private @Nullable Map<String, Map<String, Object>> pluginDefaults;

  private ConfigLoader(Flags flags) {
    this.flags = flags;
  }

  /**
   * The configuration to run with.
   *
   * @throws ConfigException with all errors of all files if there are any
   */
  public static DaemonConfig load(Flags flags) throws IOException, ConfigException {
    return new ConfigLoader(flags).load();
  }

  /** As {@link #load}, with the defaults of all plugins filled in. */
  public static DaemonConfig dump(Flags flags) throws IOException, ConfigException {
    DaemonConfig config = load(flags);
    Map<String, Object> tree = defaults(flags.home()).tree();
    tree.put("imports", new ArrayList<>());
    Merge.over(tree, config.tree());
    return new DaemonConfig(tree, config.warnings(), config.places());
  }

  /** The configuration of a daemon without any file or flag. */
  public static DaemonConfig defaults(@Nullable Path home) throws IOException {
    Map<String, Object> tree = Defaults.tree(Defaults.plugins(home));
    fillAddresses(tree, null);
    return new DaemonConfig(tree, List.of(), List.of());
  }

  private DaemonConfig load() throws IOException, ConfigException {
    Path main = mainFile();
    Map<String, Object> tree;
    if (main == null) {
      tree = Defaults.tree(Map.of());
    } else {
      tree = Defaults.tree(Map.of());
      tree.put("imports", new ArrayList<>());
      files(main, tree);
    }
    if (!errors.isEmpty()) {
      throw new ConfigException(errors);
    }
    apply(tree);
    return new DaemonConfig(tree, List.copyOf(warnings), List.copyOf(places));
  }

  /** The default file may be absent, one that was asked for may not. */
  private @Nullable Path mainFile() {
    if (flags.config() != null) {
      Path file = Path.of(flags.config()).toAbsolutePath().normalize();
      places.add(file);
      return file;
    }
    Path home = flags.home();
    if (home != null) {
      places.add(home.resolve("etc/gantry/config.toml"));
    }
    if (home == null || !Files.exists(places.getLast())) {
      places.add(Path.of(Defaults.DIRECTORY, "config.toml"));
    }
    return Files.exists(places.getLast()) ? places.getLast() : null;
  }

  private void files(Path main, Map<String, Object> tree) throws IOException {
    Set<Path> seen = new HashSet<>();
    Deque<Path> pending = new ArrayDeque<>(List.of(main));
    while (!pending.isEmpty()) {
      Path path = pending.removeFirst();
      if (!seen.add(path)) {
        continue;
      }
      TomlFile file = read(path);
      if (file != null) {
        Map<String, Object> migrated = Migration.toCurrent(file.tree());
        Merge.over(tree, migrated);
        pending.addAll(imports(path, Trees.texts(file.tree(), "imports")));
      }
    }
  }

  private @Nullable TomlFile read(Path path) throws IOException {
    TomlFile file;
    try {
      file = TomlFile.read(path);
    } catch (NoSuchFileException e) {
      errors.add(new Problem(path, 0, "no such file"));
      return null;
    }
    List<Problem> found = new ArrayList<>(file.errors());
    long version = Trees.number(file.tree(), "version");
    if (version > Migration.CURRENT || version < 0) {
      String message =
          "version %d is not known: want 1 to %d".formatted(version, Migration.CURRENT);
      found.add(new Problem(path, file.lines().line(List.of("version")), message));
    } else if (version < Migration.CURRENT && file.errors().isEmpty()) {
      warnings.add(
          new Problem(
              path, 0, "is of version %d and read as such".formatted(Math.max(1, version))));
    }
    ShapeCheck check = new ShapeCheck(file, Shapes.file(defaultsFor(file), version));
    found.addAll(check.errors());
    found.sort(Comparator.comparingInt(Problem::line));
    errors.addAll(found);
    warnings.addAll(check.warnings());
    return file;
  }

  /** Most files say nothing of plugins and so need not be held against what plugins declare. */
  private Map<String, Map<String, Object>> defaultsFor(TomlFile file) throws IOException {
    if (!file.tree().containsKey("plugins")) {
      return Map.of();
    }
    Map<String, Map<String, Object>> known = pluginDefaults;
    if (known == null) {
      known = Defaults.plugins(flags.home());
      pluginDefaults = known;
    }
    return known;
  }

  private List<Path> imports(Path importer, List<String> patterns) throws IOException {
    List<Path> files = new ArrayList<>();
    for (String pattern : patterns) {
      Path path = importer.resolveSibling(pattern).normalize();
      places.add(path);
      if (path.toString().contains("*")) {
        files.addAll(glob(path));
      } else {
        files.add(path);
      }
    }
    return files;
  }

  private static List<Path> glob(Path pattern) throws IOException {
    Path directory = pattern.getParent();
    if (directory == null || !Files.isDirectory(directory)) {
      return List.of();
    }
    List<Path> matches = new ArrayList<>();
    String name = String.valueOf(pattern.getFileName());
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory, name)) {
      entries.forEach(matches::add);
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    matches.sort(null);
    return matches;
  }

  private void apply(Map<String, Object> tree) {
    if (flags.root() != null) {
      tree.put("root", flags.root());
    }
    if (flags.state() != null) {
      tree.put("state", flags.state());
    }
    if (flags.level() != null) {
      Map<String, Object> debug = Trees.table(tree, "debug");
      debug.put("level", flags.level());
      tree.put("debug", debug);
    }
    fillAddresses(tree, flags.address());
    if (flags.rebuild() != null) {
      rebuildOnly(tree, flags.rebuild());
    }
  }

  /** Nobody may use, or clean up by, a database that is not filled yet. */
  private static void rebuildOnly(Map<String, Object> tree, String how) {
    Map<String, Object> plugins = Trees.table(tree, "plugins");
    Map<String, Object> metadata = Trees.table(plugins, METADATA);
    metadata.put("rebuild", how);
    plugins.put(METADATA, metadata);
    tree.put("plugins", plugins);
    List<Object> disabled = new ArrayList<>(Trees.texts(tree, "disabled_plugins"));
    disabled.addAll(NOT_WHILE_REBUILDING);
    tree.put("disabled_plugins", disabled);
    tree.put("required_plugins", new ArrayList<>());
  }

  /** The socket of ttrpc lies beside that of gRPC unless something else is said. */
  private static void fillAddresses(Map<String, Object> tree, @Nullable String flag) {
    Map<String, Object> plugins = Trees.table(tree, "plugins");
    Map<String, Object> grpc = Trees.table(plugins, "io.containerd.server.v1.grpc");
    Map<String, Object> ttrpc = Trees.table(plugins, "io.containerd.server.v1.ttrpc");
    if (flag != null) {
      grpc.put("address", flag);
    }
    if (flag != null || Trees.text(ttrpc, "address").isEmpty()) {
      ttrpc.put("address", Trees.text(grpc, "address") + ".ttrpc");
    }
    plugins.put("io.containerd.server.v1.grpc", grpc);
    plugins.put("io.containerd.server.v1.ttrpc", ttrpc);
    tree.put("plugins", plugins);
  }
}
