// SPDX-License-Identifier: Apache-2.0
package gantry.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gantry.errors.InvalidArgumentException;
import gantry.oci.Descriptor;
import gantry.testkit.registry.FaultyRegistry;
import gantry.transfer.CredentialSource;
import gantry.transfer.RegistryAccess;
import gantry.transfer.RegistryImage;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EnvironmentProxiesTest {
  private static final Map<String, String> ENVIRONMENT =
      Map.of(
          "HTTP_PROXY", "http://plain.example:3128",
          "https_proxy", "secure.example:3129",
          "NO_PROXY",
              "in.example, .sub.example,10.1.0.0/16, 10.9.9.9,with.port:5000,*.star.example");

  @ParameterizedTest
  @CsvSource({
    "http://r.example/, plain.example:3128",
    "https://r.example/, secure.example:3129",
    "https://localhost:5000/, direct",
    "https://127.0.0.1/, direct",
    "https://[::1]:5000/, direct",
    "https://in.example/, direct",
    "https://a.in.example/, direct",
    "https://notin.example/, secure.example:3129",
    "https://sub.example/, secure.example:3129",
    "https://a.sub.example/, direct",
    "https://a.star.example/, direct",
    "https://10.1.200.3/, direct",
    "https://10.2.0.1/, secure.example:3129",
    "https://10.9.9.9:444/, direct",
    "https://with.port:5000/, direct",
    "https://with.port/, secure.example:3129"
  })
  void proxy_isChosenByHost(String uri, String expected) {
    Proxy proxy = new EnvironmentProxies(ENVIRONMENT).select(URI.create(uri)).getFirst();

    String chosen =
        proxy.address() instanceof InetSocketAddress address
            ? address.getHostString() + ":" + address.getPort()
            : "direct";
    assertThat(chosen).isEqualTo(expected);
  }

  @Test
  void star_meansNoProxyAtAll() {
    EnvironmentProxies proxies =
        new EnvironmentProxies(Map.of("HTTP_PROXY", "p:1", "NO_PROXY", "*"));

    assertThat(proxies.select(URI.create("http://r.example/"))).containsExactly(Proxy.NO_PROXY);
  }

  @Test
  void whatIsNoProxy_isRefused_withoutItsPassword() {
    assertThatThrownBy(
            () -> new EnvironmentProxies(Map.of("HTTPS_PROXY", "ftp://u:secret@p.example")))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("HTTPS_PROXY")
        .hasMessageNotContaining("secret");
  }

  @Test
  void requests_goThroughTheProxy() throws IOException {
    try (FaultyRegistry proxy = FaultyRegistry.start();
        Fixture client =
            new Fixture(
                RegistrySettings.of("x")
                    .environment(Map.of("HTTP_PROXY", proxy.url().replace("//", "//me:pass@"))))) {
      Descriptor image = Fixture.shelve(proxy, "app");
      RegistryAccess access =
          new RegistryAccess(
              Map.of("X-A", List.of("b")),
              "",
              "http",
              RegistryAccess.HttpDebug.NONE,
              null,
              CredentialSource.NONE);

      assertThat(
              client.registries.open(new RegistryImage("no.such.example/app:v1", access)).resolve())
          .isEqualTo(image);
      assertThat(proxy.requests().getFirst().header("proxy-authorization"))
          .isEqualTo("Basic bWU6cGFzcw==");
      assertThat(proxy.requests().getFirst().path()).startsWith("http://no.such.example/v2/app");
    }
  }
}
