// SPDX-License-Identifier: Apache-2.0
package gantry.oci.layout;

import gantry.content.BlobInfo;
import gantry.errors.InvalidArgumentException;
import gantry.errors.NotFoundException;
import gantry.oci.Descriptor;
import gantry.oci.Digest;
import gantry.oci.MediaTypes;
import gantry.oci.image.Child;
import gantry.oci.image.Children;
import gantry.oci.image.DockerSave;
import gantry.oci.image.ImagePlatform;
import gantry.oci.image.Index;
import gantry.oci.image.IndexEntry;
import gantry.oci.image.Manifest;
import gantry.oci.image.OciLayout;
import gantry.oci.image.PlatformMatcher;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Images as an OCI image layout that {@code docker load} understands too, in a tar stream; the same
 * bytes for the same images. One archive per object.
 */
public final class ArchiveWriter {
  private static final String SOURCE_LABEL = "containerd.io/distribution.source";

  private final BlobStore blobs;
  private final Options options;
  private final LayoutWriter layout;
  private final Set<Digest> seen = new HashSet<>();
  private final List<IndexEntry> entries = new ArrayList<>();

  /** Names by the digest of the manifest Docker takes. */
  private final Map<Digest, List<String>> dockerImages = new LinkedHashMap<>();

  private final Map<Digest, Descriptor> chosen = new LinkedHashMap<>();

  /**
   * What is written.
   *
   * @param platforms which images of an index, the best for Docker
   * @param allPlatforms write the others too
   * @param skipDocker leave out {@code manifest.json}
   * @param skipNonDistributable leave out layers only their maker may hand out
   */
  public record Options(
      PlatformMatcher platforms,
      boolean allPlatforms,
      boolean skipDocker,
      boolean skipNonDistributable) {}

  /** Reads from {@code blobs}. */
  public ArchiveWriter(BlobStore blobs, Options options) {
    this.blobs = blobs;
    this.options = options;
    this.layout = new LayoutWriter();
  }

  /**
   * Adds an image under a name.
   *
   * @throws NotFoundException if a part of it is missing, or nothing is for the platforms
   * @throws InvalidArgumentException if it is neither manifest nor index, or damaged
   */
  public void add(String name, Descriptor target) throws IOException {
    Descriptor named = LayoutNames.named(withSources(target), name);
    Descriptor docker;
    if (MediaTypes.isManifest(target.mediaType())) {
      addTree(target);
      docker = target;
    } else if (MediaTypes.isIndex(target.mediaType())) {
      docker = addIndex(name, target);
    } else {
      throw new InvalidArgumentException(
          "export %s: only manifests may be exported, not %s".formatted(name, target.mediaType()));
    }
    entries.add(new IndexEntry(named, null));
    if (MediaTypes.isManifest(docker.mediaType())) {
      dockerImages.computeIfAbsent(docker.digest(), digest -> new ArrayList<>()).add(name);
    }
  }

  /** Writes the archive; the stream stays open. */
  public void write(OutputStream out) throws IOException {
    layout.fixed("oci-layout", OciLayout.toJson());
    layout.document(
        "index.json", new Index(MediaTypes.OCI_INDEX, "", entries, null, Map.of()).toJson());
    if (!options.skipDocker() && !dockerImages.isEmpty()) {
      layout.document("manifest.json", DockerSave.toJson(dockerSaves()));
    }
    layout.write(out);
  }

  /** Adds an index and returns the best of what it names. */
  private Descriptor addIndex(String name, Descriptor target) throws IOException {
    Descriptor before = chosen.get(target.digest());
    if (before != null) {
      return before;
    }
    addBlob(target);
    List<Child> fitting = new ArrayList<>();
    for (Child child : Children.of(target, blobs.document(target.digest()))) {
      ImagePlatform platform = child.platform();
      boolean fits = platform == null || options.platforms().matches(platform);
      if (fits) {
        fitting.add(child);
      }
      if (fits || options.allPlatforms()) {
        addTree(child.descriptor());
      }
    }
    Descriptor best = best(fitting);
    if (best == null) {
      throw new NotFoundException(
          "export %s: no manifest found for platform: not found; name another one or take all"
              .formatted(name));
    }
    chosen.put(target.digest(), best);
    return best;
  }

  private @Nullable Descriptor best(List<Child> children) {
    Comparator<ImagePlatform> order = Comparator.nullsLast(options.platforms().order());
    return children.stream()
        .min(Comparator.comparing(Child::platform, order))
        .map(Child::descriptor)
        .orElse(null);
  }

  /** Adds a blob and all below it, each once. */
  private void addTree(Descriptor root) throws IOException {
    Deque<Descriptor> todo = new ArrayDeque<>(List.of(root));
    while (!todo.isEmpty()) {
      Descriptor blob = todo.removeFirst();
      boolean skipped =
          options.skipNonDistributable() && MediaTypes.isNonDistributable(blob.mediaType());
      if (!skipped && seen.add(blob.digest())) {
        addBlob(blob);
        if (Children.possible(blob.mediaType())) {
          Children.of(blob, blobs.document(blob.digest()))
              .forEach(child -> todo.addLast(child.descriptor()));
        }
      }
    }
  }

  private void addBlob(Descriptor blob) throws IOException {
    BlobInfo info = blobs.info(blob.digest());
    if (info.size() != blob.size()) {
      throw new InvalidArgumentException(
          "export %s: it has %d bytes, but what refers to it says %d"
              .formatted(blob.digest(), info.size(), blob.size()));
    }
    layout.blob(blob.digest(), blob.size(), () -> blobs.open(blob.digest()));
  }

  private Descriptor withSources(Descriptor target) throws IOException {
    Map<String, String> annotations = new TreeMap<>(target.annotations());
    blobs
        .info(target.digest())
        .labels()
        .map()
        .forEach(
            (key, value) -> {
              if (key.startsWith(SOURCE_LABEL)) {
                annotations.put(key, value);
              }
            });
    return new Descriptor(target.mediaType(), target.digest(), target.size(), annotations);
  }

  private List<DockerSave> dockerSaves() throws IOException {
    List<DockerSave> saves = new ArrayList<>();
    for (var image : dockerImages.entrySet()) {
      Manifest manifest = Manifest.parse(blobs.document(image.getKey()));
      saves.add(
          new DockerSave(
              LayoutWriter.path(manifest.config().digest()),
              image.getValue().stream().map(ImageName::familiar).toList(),
              manifest.layers().stream()
                  .map(layer -> LayoutWriter.path(layer.descriptor().digest()))
                  .toList()));
    }
    return saves;
  }
}
