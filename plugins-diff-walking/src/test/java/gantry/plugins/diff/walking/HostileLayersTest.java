// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.diff.walking;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gantry.errors.GantryException;
import gantry.linux.Mounts;
import gantry.linux.TempMount;
import gantry.linux.files.Directory;
import gantry.metadata.Caller;
import gantry.metadata.Metadata;
import gantry.mounts.Mount;
import gantry.names.Namespace;
import gantry.oci.Descriptor;
import gantry.oci.Digest;
import gantry.oci.MediaTypes;
import gantry.testkit.FixedHandle;
import gantry.testkit.layers.GuardTree;
import gantry.testkit.layers.HostileLayer;
import gantry.testkit.layers.HostileLayers;
import gantry.testkit.layers.RawTar;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** The hostile layers against overlays as snapshotters give them, on the plugin's own way. */
class HostileLayersTest {
  private static final Caller CALLER = Caller.of(new Namespace("test"));

  @TempDir Path temp;
  private final MemoryContent content = new MemoryContent();
  private final FixedHandle<Metadata> metadata = FixedHandle.of(content);
  private WalkingDiffer differ;

  @BeforeEach
  void prepare() throws IOException {
    Path mounts = Files.createDirectory(temp.resolve("mounts"));
    differ = new WalkingDiffer(metadata, mounts, new StreamProcessors(List.of()));
  }

  @TestFactory
  Stream<DynamicTest> layer_overOverlay_staysInside() throws IOException {
    GuardTree guard = GuardTree.make(temp.resolve("outside"));
    AtomicInteger number = new AtomicInteger();
    return HostileLayers.against(guard.root()).stream()
        .map(
            layer ->
                DynamicTest.dynamicTest(
                    layer.toString(), () -> check(layer, guard, number.incrementAndGet())));
  }

  private void check(HostileLayer layer, GuardTree guard, int number) throws IOException {
    Path base = Files.createDirectory(temp.resolve("case" + number));
    GuardTree lower = GuardTree.make(base.resolve("lower"));
    List<Mount> overlay = overlay(base);
    try (Directory holder = Directory.open(temp)) {
      if (layer.isRefused()) {
        assertThatThrownBy(() -> apply(layer.tar(), overlay))
            .isInstanceOfAny(GantryException.class, IOException.class)
            .hasMessageContaining("apply layer sha256:")
            .hasMessageContaining(layer.refusal());
      } else {
        apply(layer.tar(), overlay);
        try (TempMount merged = TempMount.of(overlay, temp)) {
          assertThat(merged.path()).isDirectory();
        }
      }
      lower.assertUntouched();
      guard.assertUntouched();
      holder.removeTree(String.valueOf(base.getFileName()));
    }
  }

  @Test
  void fullDisk_isToldInWords() throws IOException {
    Path small = Files.createDirectory(temp.resolve("small"));
    Mounts.mount(Mount.of("tmpfs", "none", List.of("size=1m")), small);
    try {
      byte[] bomb = new RawTar().file("bomb", "0".repeat(4 << 20)).finished();

      assertThatThrownBy(
              () ->
                  apply(bomb, List.of(Mount.of("bind", small.toString(), List.of("rbind", "rw")))))
          .isInstanceOf(IOException.class)
          .hasMessageMatching("apply layer sha256:[0-9a-f]{64}: write /bomb: no space left .*");
    } finally {
      Mounts.unmountAll(small);
    }
  }

  private static List<Mount> overlay(Path base) throws IOException {
    for (String name : List.of("upper", "work")) {
      Files.createDirectory(base.resolve(name));
    }
    return List.of(
        Mount.of(
            "overlay",
            "overlay",
            List.of(
                "workdir=" + base.resolve("work"),
                "upperdir=" + base.resolve("upper"),
                "lowerdir=" + base.resolve("lower"))));
  }

  private void apply(byte[] tar, List<Mount> mounts) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
      out.write(tar);
    }
    Digest digest = content.add(packed.toByteArray());
    Descriptor layer = Descriptor.of(MediaTypes.OCI_LAYER_GZIP, digest, packed.size());
    Descriptor _ = differ.apply(CALLER, layer, mounts, Map.of(), false);
  }
}
