// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.transfer.archive;

import static java.nio.charset.StandardCharsets.UTF_8;

import gantry.oci.Descriptor;
import gantry.oci.Digest;
import gantry.oci.MediaTypes;
import gantry.oci.Platform;
import gantry.oci.image.ImagePlatform;
import gantry.oci.image.Index;
import gantry.oci.image.IndexEntry;
import gantry.oci.image.Layer;
import gantry.oci.image.Manifest;
import gantry.oci.tar.EntryType;
import gantry.oci.tar.TarEntry;
import gantry.oci.tar.TarWriter;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Images made of a few bytes, and archives of them. */
final class Samples {
  final Map<String, byte[]> files = new LinkedHashMap<>();

  /** An image of one layer, whose content is the platform's name. */
  Descriptor image(Platform platform) {
    String config =
        "{\"os\":\"%s\",\"architecture\":\"%s\",\"variant\":\"%s\"}"
            .formatted(platform.os(), platform.architecture(), platform.variant());
    Manifest manifest =
        new Manifest(
            MediaTypes.OCI_MANIFEST,
            "",
            blob(MediaTypes.OCI_CONFIG, config.getBytes(UTF_8)),
            List.of(Layer.of(layer(platform))),
            null,
            Map.of());
    return blob(MediaTypes.OCI_MANIFEST, manifest.toJson());
  }

  Descriptor layer(Platform platform) {
    return blob(MediaTypes.OCI_LAYER, platform.toString().getBytes(UTF_8));
  }

  Descriptor index(Platform... platforms) {
    List<IndexEntry> entries = new ArrayList<>();
    for (Platform platform : platforms) {
      entries.add(new IndexEntry(image(platform), ImagePlatform.of(platform)));
    }
    byte[] json = new Index(MediaTypes.OCI_INDEX, "", entries, null, Map.of()).toJson();
    return blob(MediaTypes.OCI_INDEX, json);
  }

  /** Takes a blob out of the archive. */
  Samples without(Descriptor blob) {
    files.remove(path(blob));
    return this;
  }

  /** An archive whose index has these entries. */
  InputStream layout(Descriptor... entries) {
    List<IndexEntry> list = new ArrayList<>();
    for (Descriptor entry : entries) {
      list.add(new IndexEntry(entry, null));
    }
    files.put("oci-layout", "{\"imageLayoutVersion\":\"1.0.0\"}".getBytes(UTF_8));
    files.put("index.json", new Index(MediaTypes.OCI_INDEX, "", list, null, Map.of()).toJson());
    return new ByteArrayInputStream(archive());
  }

  byte[] archive() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    TarWriter tar = new TarWriter(bytes);
    try {
      for (var file : files.entrySet()) {
        byte[] content = file.getValue();
        tar.entry(
            TarEntry.of(EntryType.REGULAR, file.getKey(), 0644, content.length, Instant.EPOCH));
        tar.content(content, 0, content.length);
      }
      tar.finish();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  Set<String> names() {
    return files.keySet();
  }

  static Descriptor annotated(Descriptor target, String... pairs) {
    Map<String, String> annotations = new LinkedHashMap<>();
    for (int i = 0; i < pairs.length; i += 2) {
      annotations.put(pairs[i], pairs[i + 1]);
    }
    return new Descriptor(target.mediaType(), target.digest(), target.size(), annotations);
  }

  private Descriptor blob(String mediaType, byte[] content) {
    Descriptor blob = Descriptor.of(mediaType, Digest.sha256(content), content.length);
    files.put(path(blob), content);
    return blob;
  }

  private static String path(Descriptor blob) {
    return "blobs/sha256/" + blob.digest().hex();
  }
}
