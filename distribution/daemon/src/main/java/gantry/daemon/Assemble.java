// SPDX-License-Identifier: Apache-2.0
package gantry.daemon;

import java.io.File;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Lays out the product. Arguments: the directory of this module, the directory to fill, the
 * revision of the source, then {@code program=class path} for each program.
 */
public final class Assemble {
  private static final String LIB = "lib/gantry/";
  private static final String PLUGIN = "gantry.plugins.";

  /** Not exported by the floor: the framework does so itself, and nobody imports the launcher. */
  private static final Set<String> PRIVATE =
      Set.of(
          "org.apache.felix.framework",
          "gantry.distribution.launcher",
          "gantry.distribution.daemon");

  private final Path module;
  private final Path target;
  private final Map<Path, Jar> jars = new LinkedHashMap<>();
  private final Set<String> daemonPlaces = new LinkedHashSet<>();

  private Assemble(Path module, Path target) {
    this.module = module;
    this.target = target;
  }

  /** Fills the directory, or fails with what is missing. */
  public static void main(String[] arguments) throws IOException {
    Assemble assemble = new Assemble(Path.of(arguments[0]), Path.of(arguments[1]));
    assemble.files();
    assemble.release(arguments[2]);
    for (String program : Arrays.asList(arguments).subList(3, arguments.length)) {
      int equals = program.indexOf('=');
      assemble.program(program.substring(0, equals), program.substring(equals + 1));
    }
    assemble.kernel();
    assemble.natives();
  }

  private void files() throws IOException {
    Path source = module.resolve("files");
    Files.walkFileTree(
        source,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Path copy = target.resolve(source.relativize(file).toString());
            Files.createDirectories(copy.getParent());
            Files.copy(
                file,
                copy,
                StandardCopyOption.REPLACE_EXISTING,
                StandardCopyOption.COPY_ATTRIBUTES);
            return FileVisitResult.CONTINUE;
          }
        });
  }

  private void release(String revision) throws IOException {
    write("release.properties", "version=%s\nrevision=%s\n".formatted("0.1.0", revision));
  }

  private void program(String name, String classPath) throws IOException {
    List<String> places = new ArrayList<>();
    for (String entry : classPath.split(File.pathSeparator, -1)) {
      Jar jar = jars.computeIfAbsent(Path.of(entry), Jar::read);
      String place = place(jar);
      Path copy = target.resolve(place);
      Files.createDirectories(copy.getParent());
      if (!Files.exists(copy) || Files.mismatch(jar.path(), copy) >= 0) {
        Files.copy(jar.path(), copy, StandardCopyOption.REPLACE_EXISTING);
      }
      places.add(place);
    }
    write(name + ".classpath", String.join("\n", places) + "\n");
    if (name.equals("gantryd")) {
      daemonPlaces.addAll(places);
    }
  }

  private void kernel() throws IOException {
    Map<String, Jar> bundles = new TreeMap<>();
    List<Jar> floor = new ArrayList<>();
    List<String> ships = ships();
    for (Jar jar : jars.values()) {
      if (!daemonPlaces.contains(place(jar))) {
        continue;
      }
      if (jar.name().startsWith(PLUGIN) && !jar.exports().isEmpty()) {
        throw new IllegalStateException(
            "%s exports %s; plugins export nothing".formatted(jar.name(), jar.exports().keySet()));
      }
      if (ships.contains(jar.name())) {
        bundles.put(jar.name(), jar);
      } else if (jar.name().startsWith(PLUGIN)) {
        throw new IllegalStateException(jar.name() + " is on the class path but not in ships.list");
      } else if (!PRIVATE.contains(jar.name())) {
        floor.add(jar);
      }
    }
    Defaults defaults = new Defaults();
    StringBuilder assembly = new StringBuilder("packages=" + packages(floor) + "\n");
    for (String name : ships) {
      Jar jar = bundles.get(name);
      if (jar == null) {
        throw new IllegalStateException(name + " is in ships.list but not on the class path");
      }
      defaults.read(jar);
      assembly.append("bundle=%s=%s\n".formatted(name, place(jar)));
    }
    write("gantryd.assembly", assembly.toString());
    write("plugins.toml", defaults.toml());
  }

  private void natives() throws IOException {
    for (Jar jar : jars.values()) {
      new Natives(target.resolve(LIB + "native")).take(jar.path());
    }
  }

  private List<String> ships() throws IOException {
    return Files.readAllLines(module.resolve("ships.list")).stream()
        .map(String::strip)
        .filter(line -> !line.isEmpty() && !line.startsWith("#"))
        .toList();
  }

  private static String packages(List<Jar> floor) {
    Map<String, Set<String>> packages = new TreeMap<>();
    for (Jar jar : floor) {
      jar.exports()
          .forEach(
              (name, versions) -> {
                if (!name.startsWith("META-INF")) {
                  packages.putIfAbsent(name, versions);
                }
              });
    }
    List<String> clauses = new ArrayList<>();
    packages.forEach(
        (name, versions) -> {
          for (String version : versions) {
            clauses.add("%s;version=\"%s\"".formatted(name, version));
          }
        });
    return String.join(",", clauses);
  }

  private static String place(Jar jar) {
    boolean ours = jar.name().startsWith("gantry.");
    String file = ours ? jar.name() + ".jar" : jar.fileName();
    return (jar.name().startsWith(PLUGIN) ? "plugins/" : LIB) + file;
  }

  private void write(String file, String text) throws IOException {
    Path path = target.resolve(LIB + file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
  }
}
