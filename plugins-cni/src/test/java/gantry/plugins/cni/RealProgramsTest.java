// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.cni;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import gantry.errors.GantryException;
import gantry.networks.NetworkRequest;
import gantry.networks.NetworkResult;
import gantry.networks.NetworkResult.Interface;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** With the programs of the package containernetworking-plugins, in a namespace of its own. */
@Timeout(60)
class RealProgramsTest {
  private static final Path PROGRAMS = Path.of("/usr/lib/cni");
  private static final String SUFFIX = Long.toString(ProcessHandle.current().pid());
  private static final String NAMESPACE = "gantry-cni-" + SUFFIX;
  private static final String BRIDGE = "gtc" + SUFFIX;

  @TempDir Path directory;

  @BeforeEach
  void makeNamespace() throws Exception {
    assumeTrue(Files.isExecutable(PROGRAMS.resolve("bridge")), "no bridge program in " + PROGRAMS);
    run("ip", "netns", "add", NAMESPACE);
    Files.createDirectories(directory.resolve("conf"));
    Files.writeString(
        directory.resolve("conf/10-test.conflist"),
        """
        {"cniVersion":"0.4.0","name":"test","plugins":[
          {"type":"bridge","bridge":"%s","isGateway":true,
           "ipam":{"type":"host-local","dataDir":"%s","subnet":"10.203.77.0/24",
                   "routes":[{"dst":"0.0.0.0/0"}]}},
          {"type":"tuning","mtu":1400}]}
        """
            .formatted(BRIDGE, directory.resolve("leases")));
  }

  @AfterEach
  void removeNamespace() throws Exception {
    run("ip", "netns", "delete", NAMESPACE);
    new ProcessBuilder("ip", "link", "delete", BRIDGE).start().waitFor(10, TimeUnit.SECONDS);
  }

  @Test
  void container_getsIntoABridge_andOut() throws Exception {
    CniNetworks networks = networks();

    NetworkResult result = networks.attach(request());

    assertThat(result.addresses()).singleElement().matches(a -> a.address().startsWith("10.203."));
    assertThat(result.interfaces()).extracting(Interface::name).contains("eth0", BRIDGE);
    assertThat(run("ip", "-n", NAMESPACE, "address"))
        .contains(result.addresses().getFirst().address())
        .contains("mtu 1400")
        .contains("LOOPBACK,UP");
    assertThat(run("ip", "-n", NAMESPACE, "route")).contains("default via 10.203.77.1");
    networks.check("c1");

    networks.detach("c1");

    assertThat(run("ip", "-n", NAMESPACE, "link")).doesNotContain("eth0");
    assertThat(directory.resolve("leases/test/" + result.addresses().getFirst().host()))
        .doesNotExist();
  }

  @Test
  void check_whenTheAddressIsGone_fails() throws Exception {
    CniNetworks networks = networks();
    networks.attach(request());
    run("ip", "-n", NAMESPACE, "address", "flush", "dev", "eth0");

    assertThatThrownBy(() -> networks.check("c1")).isInstanceOf(GantryException.class);

    networks.detach("c1");
  }

  private CniNetworks networks() {
    return new CniNetworks(
        directory.resolve("root"),
        new NetworkDirectory(directory.resolve("conf"), 1),
        List.of(PROGRAMS),
        Duration.ofSeconds(20));
  }

  private static NetworkRequest request() {
    return NetworkRequest.of("c1", Path.of("/run/netns").resolve(NAMESPACE));
  }

  private static String run(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    return output;
  }
}
