// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.runtime.shim;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import containerd.runtime.bootstrap.v1.BootstrapResult;
import gantry.errors.UnimplementedException;
import gantry.errors.UnknownException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BootstrapTest {
  @Test
  void parse_ofAMessage_takesAllOfIt() {
    byte[] printed =
        BootstrapResult.newBuilder()
            .setVersion(3)
            .setAddress("unix:///run/x")
            .setProtocol("TTRPC")
            .build()
            .toByteArray();

    assertThat(Bootstrap.parse(printed)).isEqualTo(new Bootstrap(3, "unix:///run/x", "ttrpc"));
  }

  @Test
  void parse_ofJson_takesAllOfIt() {
    String printed = "{\"version\":3,\"address\":\"unix:///run/x\",\"protocol\":\"grpc\"}\n";

    assertThat(Bootstrap.parse(printed.getBytes(UTF_8)))
        .isEqualTo(new Bootstrap(3, "unix:///run/x", "grpc"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "unix:///run/containerd/s/0a1b2c",
        "/containerd-shim/default/c1/shim.sock",
        "@/abstract",
        "vsock://3:1024"
      })
  void parse_ofAnAddressAlone_meansVersionTwo(String address) {
    assertThat(Bootstrap.parse((address + "\n").getBytes(UTF_8)))
        .isEqualTo(new Bootstrap(2, address, "ttrpc"));
  }

  @Test
  void parse_ofWhatWasWritten_isTheSame() {
    Bootstrap bootstrap = new Bootstrap(3, "unix:///run/x", "ttrpc");

    assertThat(Bootstrap.parse(bootstrap.json())).isEqualTo(bootstrap);
  }

  @Test
  void parse_ofAVersionToCome_isNotImplemented() {
    byte[] printed = "{\"version\":4,\"address\":\"a\",\"protocol\":\"ttrpc\"}".getBytes(UTF_8);

    assertThatThrownBy(() -> Bootstrap.parse(printed))
        .isInstanceOf(UnimplementedException.class)
        .hasMessageContaining("unsupported shim version (4)");
  }

  @Test
  void parse_ofNothing_isAnError() {
    assertThatThrownBy(() -> Bootstrap.parse(new byte[0]))
        .isInstanceOf(UnknownException.class)
        .hasMessageContaining("no address");
  }
}
