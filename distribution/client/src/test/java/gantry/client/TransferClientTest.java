// SPDX-License-Identifier: Apache-2.0
package gantry.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gantry.errors.GantryException;
import gantry.errors.NotFoundException;
import gantry.images.Image;
import gantry.labels.Labels;
import gantry.oci.Descriptor;
import gantry.oci.Platform;
import gantry.testkit.Containerd;
import gantry.testkit.registry.FaultyRegistry;
import gantry.transfer.Credentials;
import gantry.transfer.ExportArchive;
import gantry.transfer.ImportArchive;
import gantry.transfer.Progress;
import gantry.transfer.ProgressListener;
import gantry.transfer.RegistryAccess;
import gantry.transfer.RegistryImage;
import gantry.transfer.StoredImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Transfers through a containerd that knows them, to and from a registry that wants a password. */
@Timeout(60)
final class TransferClientTest {
  private static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";

  @TempDir static Path dir;

  private static Containerd daemon;
  private static FaultyRegistry registry;
  private static Descriptor image;
  private GantryClient client;
  private TransferClient transfers;

  @BeforeAll
  static void start() throws Exception {
    daemon = Containerd.startPeer(dir, "containerd-2");
    registry =
        FaultyRegistry.start(
            FaultyRegistry.Options.plain()
                .authentication(FaultyRegistry.Authentication.basic("bob", "secret")));
    byte[] bytes = new byte[300_000];
    new Random(4).nextBytes(bytes);
    Descriptor layer = registry.blob("app", "application/vnd.oci.image.layer.v1.tar", bytes);
    Descriptor config =
        registry.blob(
            "app",
            "application/vnd.oci.image.config.v1+json",
            """
            {"os":"linux","architecture":"amd64","rootfs":{"type":"layers","diff_ids":["%s"]}}
            """
                .formatted(layer.digest())
                .getBytes(StandardCharsets.UTF_8));
    image =
        registry.manifest(
            "app",
            "1",
            MANIFEST,
            """
            {"schemaVersion":2,"mediaType":"%s","config":%s,"layers":[%s]}
            """
                .formatted(MANIFEST, json(config), json(layer))
                .getBytes(StandardCharsets.UTF_8));
  }

  private static String json(Descriptor descriptor) {
    return "{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":%d}"
        .formatted(descriptor.mediaType(), descriptor.digest(), descriptor.size());
  }

  @AfterAll
  @SuppressWarnings("NullAway") // not started where containerd is missing
  static void stop() {
    if (daemon != null) {
      registry.close();
      daemon.close();
    }
  }

  @BeforeEach
  void connect() {
    client = GantryClient.connect(daemon.socket(), "transfers", Duration.ofSeconds(20));
    transfers = client.transfers();
  }

  @AfterEach
  void close() {
    client.close();
  }

  private static RegistryImage remote(String name, Credentials credentials) {
    return new RegistryImage(
        registry.host() + "/" + name,
        new RegistryAccess(
            Map.of(),
            "",
            "http",
            RegistryAccess.HttpDebug.NONE,
            null,
            (host, reference, challenges) -> credentials));
  }

  private static RegistryImage remote(String name) {
    return remote(name, new Credentials.Password("bob", "secret"));
  }

  private void pull(String name) throws IOException {
    transfers.pull(remote("app:1"), StoredImage.named(name), ProgressListener.NONE);
  }

  private byte[] export(String name) throws IOException {
    ByteArrayOutputStream archive = new ByteArrayOutputStream();
    transfers.exportArchive(
        StoredImage.named(name),
        new ExportArchive(archive, "", List.of(), true, false, false),
        ProgressListener.NONE);
    return archive.toByteArray();
  }

  @Test
  void pulledImage_isInTheStoreAndEveryStepWasTold() throws Exception {
    List<Progress> told = new CopyOnWriteArrayList<>();
    transfers.pull(
        remote("app:1"),
        new StoredImage(
            "example.test/pulled:1",
            Labels.of(Map.of("colour", "red")),
            List.of(new Platform("linux", "amd64", "")),
            false,
            0,
            List.of(),
            List.of()),
        told::add);

    Image stored = client.images().get("example.test/pulled:1");
    assertThat(stored.target().digest()).isEqualTo(image.digest());
    assertThat(stored.labels().find("colour")).hasValue("red");
    assertThat(told).extracting(Progress::event).contains("saved");
    assertThat(told.getLast().event()).startsWith("Completed pull");
  }

  @Test
  void pullWithAWrongPassword_failsAndSaysSo() {
    assertThatThrownBy(
            () ->
                transfers.pull(
                    remote("app:1", new Credentials.Password("bob", "wrong")),
                    StoredImage.named("example.test/refused:1"),
                    ProgressListener.NONE))
        .isInstanceOf(GantryException.class)
        .hasMessageContaining("401 Unauthorized");
  }

  @Test
  void credentialsThatCannotBeHad_failThePullAndAreItsReason() {
    RegistryAccess access = remote("app:1").access();
    RegistryAccess failing =
        new RegistryAccess(
            access.headers(),
            "",
            "http",
            access.debug(),
            null,
            (host, reference, challenges) -> {
              throw new IOException("the helper is broken");
            });

    assertThatThrownBy(
            () ->
                transfers.pull(
                    new RegistryImage(registry.host() + "/app:1", failing),
                    StoredImage.named("example.test/refused:1"),
                    ProgressListener.NONE))
        .isInstanceOf(IOException.class)
        .hasMessage("the helper is broken");
  }

  @Test
  void pushedImage_isInTheRegistry() throws Exception {
    pull("example.test/push:1");
    transfers.push(
        StoredImage.named("example.test/push:1"), remote("other:2"), ProgressListener.NONE);

    assertThat(registry.manifest("other", "2").orElseThrow())
        .isEqualTo(registry.manifest("app", "1").orElseThrow());
  }

  @Test
  void exportedImage_canBeImportedUnderOtherNames() throws Exception {
    pull("example.test/out:1");
    byte[] archive = export("example.test/out:1");
    assertThat(archive.length).isGreaterThan(300_000);
    transfers.importArchive(
        new ImportArchive(new ByteArrayInputStream(archive), "", false),
        new StoredImage(
            "",
            Labels.none(),
            List.of(),
            false,
            0,
            List.of(new StoredImage.ExtraReference("example.test/in", true, true, true, false)),
            List.of()),
        ProgressListener.NONE);

    assertThat(client.images().list(List.of("name~=^example.test/in@")))
        .extracting(found -> found.target().digest())
        .containsExactly(image.digest());
  }

  @Test
  void archiveThatFails_importsNothing() {
    InputStream broken =
        new InputStream() {
          @Override
          public int read() throws IOException {
            throw new IOException("disk on fire");
          }

          @Override
          public int read(byte[] into, int offset, int length) throws IOException {
            throw new IOException("disk on fire");
          }
        };

    assertThatThrownBy(
            () ->
                transfers.importArchive(
                    new ImportArchive(broken, "", false),
                    StoredImage.named("example.test/none:1"),
                    ProgressListener.NONE))
        .isInstanceOf(IOException.class)
        .hasMessage("disk on fire");
  }

  @Test
  void archiveThatCannotBeWritten_isAFailure() throws Exception {
    pull("example.test/full:1");
    OutputStream full =
        new OutputStream() {
          @Override
          public void write(int single) throws IOException {
            throw new IOException("no space left");
          }
        };

    assertThatThrownBy(
            () ->
                transfers.exportArchive(
                    StoredImage.named("example.test/full:1"),
                    new ExportArchive(full, "", List.of(), true, false, false),
                    ProgressListener.NONE))
        .isInstanceOf(IOException.class)
        .hasMessage("no space left");
  }

  @Test
  void taggedImage_hasBothNames() throws Exception {
    pull("example.test/tag:1");
    transfers.tag(StoredImage.named("example.test/tag:1"), StoredImage.named("example.test/tag:2"));

    assertThat(client.images().get("example.test/tag:2").target().digest())
        .isEqualTo(image.digest());
    assertThatThrownBy(
            () ->
                transfers.tag(
                    StoredImage.named("example.test/none:1"),
                    StoredImage.named("example.test/tag:3")))
        .isInstanceOf(NotFoundException.class);
  }

  @Test
  void interruptedPull_ends() throws Exception {
    AtomicReference<Throwable> failure = new AtomicReference<>();
    RegistryAccess access = remote("app:1").access();
    Thread[] pulling = new Thread[1];
    RegistryAccess interrupting =
        new RegistryAccess(
            access.headers(),
            "",
            "http",
            access.debug(),
            null,
            (host, reference, challenges) -> {
              pulling[0].interrupt();
              return Credentials.NONE;
            });
    pulling[0] =
        Thread.ofVirtual()
            .unstarted(
                () -> {
                  try {
                    transfers.pull(
                        new RegistryImage(registry.host() + "/app:1", interrupting),
                        StoredImage.named("example.test/late:1"),
                        ProgressListener.NONE);
                  } catch (IOException | RuntimeException e) {
                    failure.set(e);
                  }
                });
    pulling[0].start();

    assertThat(pulling[0].join(Duration.ofSeconds(20))).isTrue();
    assertThat(failure.get()).isInstanceOf(GantryException.class);
  }
}
