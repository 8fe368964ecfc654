// SPDX-License-Identifier: Apache-2.0
package gantry.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import containerd.types.transfer.AuthResponse;
import containerd.types.transfer.AuthType;
import containerd.types.transfer.ImageStore;
import gantry.errors.InvalidArgumentException;
import gantry.errors.UnimplementedException;
import gantry.labels.Labels;
import gantry.oci.Descriptor;
import gantry.oci.Digest;
import gantry.oci.Platform;
import gantry.transfer.CredentialSource;
import gantry.transfer.Credentials;
import gantry.transfer.ExportArchive;
import gantry.transfer.ImportArchive;
import gantry.transfer.Progress;
import gantry.transfer.RegistryAccess;
import gantry.transfer.RegistryImage;
import gantry.transfer.StoredImage;
import gantry.transfer.TransferEnd;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a client encodes is what the daemon decodes. */
class TransferWireTest {
  private static final Platform ARM = new Platform("linux", "arm", "v7");
  private static final InputStream IN = InputStream.nullInputStream();
  private static final OutputStream OUT = OutputStream.nullOutputStream();
  private static final CredentialSource SOURCE = (host, reference, asked) -> Credentials.NONE;

  /** Every stream is there, under one id for each kind. */
  private static final TransferWire.ClientStreams STREAMS =
      new TransferWire.ClientStreams() {
        @Override
        public InputStream reader(String id) {
          assertThat(id).isEqualTo("in");
          return IN;
        }

        @Override
        public OutputStream writer(String id) {
          assertThat(id).isEqualTo("out");
          return OUT;
        }

        @Override
        public CredentialSource credentials(String id) {
          assertThat(id).isEqualTo("auth");
          return SOURCE;
        }

        @Override
        public OutputStream httpLog(String id) {
          assertThat(id).isEqualTo("log");
          return OUT;
        }
      };

  private static TransferEnd decoded(Any end) {
    return TransferWire.decode(end, STREAMS);
  }

  @Test
  void storedImage_comesBackWhole() {
    StoredImage image =
        new StoredImage(
            "example.test/a:1",
            Labels.of(Map.of("k", "v")),
            List.of(ARM),
            true,
            7,
            List.of(new StoredImage.ExtraReference("p", true, true, false, true)),
            List.of(new StoredImage.UnpackTarget(ARM, "native")));

    assertThat(decoded(TransferWire.encode(image))).isEqualTo(image);
  }

  @Test
  void registryImage_comesBackWithItsStreams() {
    RegistryImage image =
        new RegistryImage(
            "example.test/a:1",
            new RegistryAccess(
                Map.of("X-A", List.of("1")),
                "/hosts",
                "http",
                RegistryAccess.HttpDebug.TRACE,
                OUT,
                SOURCE));

    assertThat(decoded(TransferWire.encode(image, "auth", "log"))).isEqualTo(image);
  }

  @Test
  void registryImageWithoutStreams_asksNobodyAndLogsNothing() {
    RegistryImage decoded =
        (RegistryImage)
            decoded(
                TransferWire.encode(new RegistryImage("a", RegistryAccess.anonymous()), "", ""));

    assertThat(decoded).isEqualTo(new RegistryImage("a", RegistryAccess.anonymous()));
  }

  @Test
  void archives_comeBackWhole() {
    ImportArchive in = new ImportArchive(IN, "application/x-tar", true);
    ExportArchive out = new ExportArchive(OUT, "application/x-tar", List.of(ARM), true, true, true);

    assertThat(decoded(TransferWire.encode(in, "in"))).isEqualTo(in);
    assertThat(decoded(TransferWire.encode(out, "out"))).isEqualTo(out);
  }

  @Test
  void manifestLimitOfAllOnes_isNoSmallNumber() {
    StoredImage decoded =
        (StoredImage)
            decoded(AnyWire.pack(ImageStore.newBuilder().setManifestLimit(0xffff_ffff).build()));

    assertThat(decoded.manifestLimit()).isEqualTo(Integer.MAX_VALUE);
  }

  @Test
  void endThatIsNone_isRefused() {
    assertThatThrownBy(() -> decoded(Any.getDefaultInstance()))
        .isInstanceOf(UnimplementedException.class);
    assertThatThrownBy(
            () ->
                decoded(
                    Any.newBuilder()
                        .setTypeUrl("types.example/containerd.types.transfer.ImageStore")
                        .setValue(ByteString.copyFrom(new byte[] {-1, -1}))
                        .build()))
        .isInstanceOf(InvalidArgumentException.class);
  }

  @Test
  void messages_comeBackWhole() throws IOException {
    Progress step =
        new Progress(
            "downloading",
            "layer",
            List.of("manifest"),
            1,
            2,
            Descriptor.of("type", Digest.parse("sha256:" + "a".repeat(64)), 2));
    assertThat(TransferMessageWire.progress(TransferMessageWire.encode(step))).isEqualTo(step);
    for (Credentials credentials :
        List.of(
            Credentials.NONE,
            new Credentials.Password("u", "s"),
            new Credentials.RefreshToken("t"),
            new Credentials.Header("h"))) {
      assertThat(TransferMessageWire.credentials(TransferMessageWire.encode(credentials)))
          .isEqualTo(credentials);
    }
    assertThatThrownBy(() -> TransferMessageWire.credentials(TransferMessageWire.encode(step)))
        .isInstanceOf(IOException.class);
  }

  @Test
  void emptyTokenOfAClientWithoutAny_isNone() throws IOException {
    assertThat(
            TransferMessageWire.credentials(
                AnyWire.typed(AuthResponse.newBuilder().setAuthType(AuthType.REFRESH).build())))
        .isEqualTo(Credentials.NONE);
  }
}
