// SPDX-License-Identifier: Apache-2.0
package gantry.bench;

import com.github.luben.zstd.ZstdOutputStream;
import gantry.oci.Digest;
import gantry.oci.MediaTypes;
import gantry.oci.Platform;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.zip.GZIPOutputStream;

/** Makes images of the kinds that are pulled, and puts them into a registry. */
final class Images {
  private static final int BUFFER = 1 << 20;

  private final Registry registry;
  private final Path directory;
  private final boolean isShort;

  /**
   * @param directory for layers while they are made
   * @param isShort smaller ones
   */
  Images(Registry registry, Path directory, boolean isShort) {
    this.registry = registry;
    this.directory = directory;
    this.isShort = isShort;
  }

  /** What an image is like. */
  enum Kind {
    /** One layer of 500 MB; 24 MB in the short form. */
    BIG("one large layer"),

    /** 40 layers of 50 files each; 8 in the short form. */
    MANY("many small layers"),

    /** One layer of 50,000 small files; 1,000 in the short form. */
    FILES("many small files");

    private final String words;

    Kind(String words) {
      this.words = words;
    }

    String words() {
      return words;
    }
  }

  /** How layers are compressed. */
  enum Compression {
    GZIP(MediaTypes.OCI_LAYER_GZIP),
    ZSTD(MediaTypes.OCI_LAYER_ZSTD);

    private final String mediaType;

    Compression(String mediaType) {
      this.mediaType = mediaType;
    }

    private OutputStream compress(OutputStream out) throws IOException {
      return this == GZIP ? new GZIPOutputStream(out, BUFFER) : new ZstdOutputStream(out);
    }
  }

  /** Makes an image that shares no layer with one of another seed; returns its reference. */
  String make(Kind kind, Compression compression, long seed)
      throws IOException, InterruptedException {
    String repository = "bench/" + kind.name().toLowerCase(java.util.Locale.ROOT);
    Layers content = new Layers(new SplittableRandom(seed), isShort);
    List<String> diffIds = new ArrayList<>();
    List<String> layers = new ArrayList<>();
    for (int i = 0; i < content.count(kind); i++) {
      Path file = directory.resolve("layer");
      MessageDigest plain = Digest.hasher("sha256");
      MessageDigest packed = Digest.hasher("sha256");
      try (OutputStream out =
          new BufferedOutputStream(
              new DigestOutputStream(
                  compression.compress(
                      new DigestOutputStream(
                          new BufferedOutputStream(Files.newOutputStream(file), BUFFER), packed)),
                  plain),
              BUFFER)) {
        content.write(kind, i, new TarWriter(out));
      }
      String digest = Digest.of("sha256", packed.digest()).toString();
      registry.push(repository, digest, file);
      diffIds.add('"' + Digest.of("sha256", plain.digest()).toString() + '"');
      layers.add(descriptor(compression.mediaType, digest, Files.size(file)));
      Files.delete(file);
    }
    String tag = compression.name().toLowerCase(java.util.Locale.ROOT) + seed;
    finish(repository, tag, diffIds, layers);
    return registry.host() + "/" + repository + ":" + tag;
  }

  private void finish(String repository, String tag, List<String> diffIds, List<String> layers)
      throws IOException, InterruptedException {
    byte[] config =
        """
        {"os": "linux", "architecture": "%s", "config": {},
         "rootfs": {"type": "layers", "diff_ids": [%s]}}
        """
            .formatted(Platform.host().architecture(), String.join(",", diffIds))
            .getBytes(StandardCharsets.UTF_8);
    String digest = Digest.sha256(config).toString();
    registry.push(repository, digest, config);
    byte[] manifest =
        """
        {"schemaVersion": 2, "mediaType": "%s", "config": %s, "layers": [%s]}
        """
            .formatted(
                MediaTypes.OCI_MANIFEST,
                descriptor(MediaTypes.OCI_CONFIG, digest, config.length),
                String.join(",", layers))
            .getBytes(StandardCharsets.UTF_8);
    registry.tag(repository, tag, MediaTypes.OCI_MANIFEST, manifest);
  }

  private static String descriptor(String mediaType, String digest, long size) {
    return "{\"mediaType\": \"%s\", \"digest\": \"%s\", \"size\": %d}"
        .formatted(mediaType, digest, size);
  }
}
