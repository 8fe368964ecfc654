// SPDX-License-Identifier: Apache-2.0
package gantry.boot.changes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gantry.errors.CanceledException;
import gantry.errors.GantryException;
import gantry.plugins.BundleSource;
import gantry.plugins.ChangeOptions;
import gantry.plugins.PluginChanges;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.jar.JarFile;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What was dropped, and which bundle each file brought. It is kept on disk, so that a daemon that
 * starts again knows what it took, and what was taken away meanwhile. Not safe for concurrent use.
 */
final class Drops {
  private static final Logger LOG = LoggerFactory.getLogger(Drops.class);

  private final PluginChanges changes;
  private final Rooms rooms;
  private final Path file;
  private final JsonMapper mapper = new JsonMapper();
  private final Map<String, Drop> drops;

  /**
   * What was taken so far.
   *
   * @param file where that is kept
   */
  Drops(PluginChanges changes, Rooms rooms, Path file) {
    this.changes = changes;
    this.rooms = rooms;
    this.file = file;
    this.drops = read();
  }

  /** A file that was taken. */
  private record Drop(String bundle, String sha256) {}

  /** Names of the files that were taken. */
  Set<String> files() {
    return Set.copyOf(drops.keySet());
  }

  /** Makes of a file what it is: a new bundle, another version, or nothing new. */
  void take(Path jar) {
    String name = String.valueOf(jar.getFileName());
    try {
      String sha256 = Fetcher.digest(jar);
      Drop known = drops.get(name);
      if (known != null && known.sha256().equals(sha256)) {
        return;
      }
      String bundle = name(jar);
      if (!sha256.equals(running(bundle))) {
        BundleSource source = new BundleSource(jar.toString(), sha256);
        if (rooms.named(bundle).isPresent()) {
          changes.swap(source, ChangeOptions.NONE, _ -> {});
        } else {
          changes.install(source, ChangeOptions.NONE, _ -> {});
        }
      }
      drops.put(name, new Drop(bundle, sha256));
      write();
    } catch (Refusal | GantryException | IOException e) {
      LOG.warn("{} is not taken: {}", jar, e.getMessage());
    }
  }

  /** A file that was taken is not there any more: neither shall its bundle be. */
  void gone(String name) {
    Drop drop = drops.get(name);
    try {
      remove(name, drop);
      drops.remove(name);
      write();
    } catch (CanceledException e) {
      // The daemon stops; its next start will find that the file is gone.
      LOG.debug("{} was taken away while the daemon stops", name, e);
    } catch (GantryException | IOException e) {
      drops.remove(name);
      LOG.warn("{} was taken away, but its bundle stays: {}", name, e.getMessage());
    }
  }

  private void remove(String name, @Nullable Drop drop) throws IOException {
    if (drop != null
        && drops.entrySet().stream()
            .noneMatch(
                other ->
                    !other.getKey().equals(name) && other.getValue().sha256().equals(drop.sha256()))
        && drop.sha256().equals(running(drop.bundle()))) {
      changes.remove(drop.bundle(), ChangeOptions.NONE, _ -> {});
    }
  }

  /** Digest of the jar that a bundle runs from; empty if none does. */
  private String running(String bundle) throws IOException {
    Optional<Path> jar =
        rooms.named(bundle).isPresent() ? Optional.ofNullable(rooms.jar(bundle)) : Optional.empty();
    return jar.isPresent() ? Fetcher.digest(jar.get()) : "";
  }

  private static String name(Path jar) throws Refusal, IOException {
    try (JarFile open = ZipCheck.open(jar)) {
      return ManifestCheck.of(open).name();
    }
  }

  private Map<String, Drop> read() {
    Map<String, Drop> known = new HashMap<>();
    try {
      if (Files.exists(file)) {
        for (Map.Entry<String, JsonNode> drop :
            mapper.readTree(Files.readAllBytes(file)).properties()) {
          known.put(
              drop.getKey(),
              new Drop(
                  drop.getValue().path("bundle").asText(),
                  drop.getValue().path("sha256").asText()));
        }
      }
    } catch (IOException e) {
      LOG.warn("which jars were dropped before is not known: {}", e.toString());
    }
    return known;
  }

  private void write() throws IOException {
    ObjectNode node = mapper.createObjectNode();
    drops.forEach(
        (name, drop) ->
            node.putObject(name).put("bundle", drop.bundle()).put("sha256", drop.sha256()));
    Files.createDirectories(file.resolveSibling("."));
    Path fresh = file.resolveSibling(file.getFileName() + ".new");
    Files.write(fresh, mapper.writeValueAsBytes(node));
    try (FileChannel channel = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
  }
}
