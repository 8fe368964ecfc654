// SPDX-License-Identifier: Apache-2.0
package gantry.testkit.registry;

import gantry.oci.Digest;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** What a registry keeps, in memory. */
final class RegistryShelf {
  /** A manifest as it was put. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Manifest(String mediaType, byte[] bytes, Digest digest) {}

  private final Map<String, byte[]> blobs = new ConcurrentHashMap<>();
  private final Map<String, Manifest> manifests = new ConcurrentHashMap<>();
  private final Map<String, ByteArrayOutputStream> uploads = new ConcurrentHashMap<>();

  void putBlob(String repository, Digest digest, byte[] bytes) {
    blobs.put(repository + "@" + digest, bytes);
  }

  byte @Nullable [] blob(String repository, String digest) {
    return blobs.get(repository + "@" + digest);
  }

  Manifest putManifest(String repository, String reference, String mediaType, byte[] bytes) {
    Manifest manifest = new Manifest(mediaType, bytes, Digest.sha256(bytes));
    manifests.put(repository + "@" + manifest.digest(), manifest);
    if (!reference.isEmpty() && !reference.contains(":")) {
      manifests.put(repository + "@" + reference, manifest);
    }
    return manifest;
  }

  @Nullable Manifest manifest(String repository, String reference) {
    return manifests.get(repository + "@" + reference);
  }

  /** All manifests of a repository, each once. */
  List<Manifest> manifests(String repository) {
    List<Manifest> found = new ArrayList<>();
    manifests.forEach(
        (name, manifest) -> {
          if (name.equals(repository + "@" + manifest.digest())) {
            found.add(manifest);
          }
        });
    return found;
  }

  String beginUpload() {
    String id = UUID.randomUUID().toString();
    uploads.put(id, new ByteArrayOutputStream());
    return id;
  }

  @Nullable ByteArrayOutputStream upload(String id) {
    return uploads.get(id);
  }

  void endUpload(String id) {
    uploads.remove(id);
  }
}
