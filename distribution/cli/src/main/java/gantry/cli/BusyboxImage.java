// SPDX-License-Identifier: Apache-2.0
package gantry.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import gantry.cli.command.Json;
import gantry.oci.Digest;
import gantry.oci.MediaTypes;
import gantry.oci.Platform;
import gantry.oci.compression.Compression;
import gantry.oci.image.OciLayout;
import gantry.oci.layout.LayoutWriter;
import gantry.oci.tar.EntryType;
import gantry.oci.tar.TarEntry;
import gantry.oci.tar.TarWriter;
import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Makes the small image that ships with the product from a static busybox: an OCI image layout with
 * one layer, the same bytes for the same binary. Arguments: the archive to write, and the binary
 * ({@code /bin/busybox}).
 */
public final class BusyboxImage {
  private static final String NAME = "docker.io/library/busybox:latest";
  private static final String EPOCH = "1970-01-01T00:00:00Z";
  private static final int LIST_SECONDS = 10;

  private static final String PASSWD =
      """
      root:x:0:0:root:/root:/bin/sh
      daemon:x:1:1:daemon:/usr/sbin:/bin/false
      www-data:x:33:33:www-data:/var/www:/bin/false
      nobody:x:65534:65534:nobody:/home:/bin/false
      """;
  private static final String GROUP =
      """
      root:x:0:
      daemon:x:1:
      tty:x:5:
      wheel:x:10:root
      www-data:x:33:
      nogroup:x:65534:
      """;

  private BusyboxImage() {}

  /** Writes the archive. */
  public static void main(String[] arguments) throws Exception {
    if (arguments.length < 1 || arguments.length > 2) {
      throw new IllegalArgumentException("want: ARCHIVE [BINARY]");
    }
    Path binary = Path.of(arguments.length > 1 ? arguments[1] : "/bin/busybox");
    write(Path.of(arguments[0]), Files.readAllBytes(binary), applets(binary));
  }

  /** Writes the image with a link for each applet of the binary. */
  static void write(Path archive, byte[] binary, List<String> applets) throws IOException {
    byte[] tar = layer(binary, applets);
    byte[] packed = gzip(tar);
    byte[] config = Json.bytes(config(Digest.sha256(tar)));
    ObjectNode manifest =
        Json.object().put("schemaVersion", 2).put("mediaType", MediaTypes.OCI_MANIFEST);
    manifest.set("config", descriptor(MediaTypes.OCI_CONFIG, config));
    manifest.putArray("layers").add(descriptor(MediaTypes.OCI_LAYER_GZIP, packed));
    byte[] manifestBytes = Json.bytes(manifest);
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(archive))) {
      LayoutWriter layout = new LayoutWriter();
      for (byte[] blob : List.of(packed, config, manifestBytes)) {
        layout.blob(Digest.sha256(blob), blob.length, () -> new ByteArrayInputStream(blob));
      }
      layout.fixed("oci-layout", OciLayout.toJson());
      layout.document("index.json", Json.bytes(index(manifestBytes)));
      layout.write(out);
    }
  }

  private static List<String> applets(Path binary) throws IOException, InterruptedException {
    Process list = new ProcessBuilder(binary.toString(), "--list").start();
    String names = new String(list.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (!list.waitFor(LIST_SECONDS, TimeUnit.SECONDS) || list.exitValue() != 0) {
      throw new IOException("list applets: \"%s --list\" failed".formatted(binary));
    }
    return names.lines().filter(name -> !name.equals("busybox")).sorted().toList();
  }

  private static byte[] layer(byte[] binary, List<String> applets) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(binary.length + (1 << 18));
    try (TarWriter tar = new TarWriter(bytes)) {
      directory(tar, "bin", 0755);
      file(tar, "bin/busybox", 0755, binary);
      for (String applet : applets) {
        tar.entry(link("bin/" + applet));
      }
      directory(tar, "dev", 0755);
      directory(tar, "etc", 0755);
      file(tar, "etc/group", 0644, GROUP.getBytes(StandardCharsets.UTF_8));
      file(tar, "etc/passwd", 0644, PASSWD.getBytes(StandardCharsets.UTF_8));
      directory(tar, "home", 0755);
      directory(tar, "proc", 0755);
      directory(tar, "root", 0700);
      directory(tar, "run", 0755);
      directory(tar, "sys", 0755);
      directory(tar, "tmp", 01777);
      directory(tar, "usr", 0755);
      directory(tar, "usr/sbin", 0755);
      directory(tar, "var", 0755);
      directory(tar, "var/www", 0755);
      tar.finish();
    }
    return bytes.toByteArray();
  }

  private static void directory(TarWriter tar, String name, int mode) throws IOException {
    tar.entry(TarEntry.of(EntryType.DIRECTORY, name + "/", mode, 0, Instant.EPOCH));
  }

  private static void file(TarWriter tar, String name, int mode, byte[] content)
      throws IOException {
    tar.entry(TarEntry.of(EntryType.REGULAR, name, mode, content.length, Instant.EPOCH));
    tar.content(content, 0, content.length);
  }

  private static TarEntry link(String name) {
    TarEntry plain = TarEntry.of(EntryType.SYMLINK, name, 0777, 0, Instant.EPOCH);
    return new TarEntry(
        EntryType.SYMLINK,
        name,
        plain.permissions(),
        0,
        0,
        0,
        Instant.EPOCH,
        null,
        "busybox",
        0,
        0,
        plain.xattrs());
  }

  private static byte[] gzip(byte[] tar) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(tar.length / 2);
    try (OutputStream out = Compression.GZIP.pack(bytes)) {
      out.write(tar);
    }
    return bytes.toByteArray();
  }

  private static ObjectNode config(Digest diffId) {
    Platform host = Platform.host();
    ObjectNode config =
        Json.object()
            .put("created", EPOCH)
            .put("architecture", host.architecture())
            .put("os", host.os());
    if (!host.variant().isEmpty()) {
      config.put("variant", host.variant());
    }
    ObjectNode process = config.putObject("config");
    process
        .putArray("Env")
        .add("PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
    process.putArray("Cmd").add("sh");
    ObjectNode rootfs = config.putObject("rootfs").put("type", "layers");
    rootfs.putArray("diff_ids").add(diffId.toString());
    config
        .putArray("history")
        .addObject()
        .put("created", EPOCH)
        .put("created_by", "static busybox of the distribution");
    return config;
  }

  private static ObjectNode index(byte[] manifest) {
    ObjectNode index = Json.object().put("schemaVersion", 2).put("mediaType", MediaTypes.OCI_INDEX);
    ObjectNode entry = descriptor(MediaTypes.OCI_MANIFEST, manifest);
    entry
        .putObject("annotations")
        .put("io.containerd.image.name", NAME)
        .put("org.opencontainers.image.ref.name", "latest");
    index.putArray("manifests").add(entry);
    return index;
  }

  private static ObjectNode descriptor(String mediaType, byte[] blob) {
    return Json.object()
        .put("mediaType", mediaType)
        .put("digest", Digest.sha256(blob).toString())
        .put("size", blob.length);
  }
}
