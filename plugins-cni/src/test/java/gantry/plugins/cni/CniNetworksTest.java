// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.cni;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gantry.errors.AlreadyExistsException;
import gantry.errors.DeadlineExceededException;
import gantry.errors.FailedPreconditionException;
import gantry.errors.InternalException;
import gantry.errors.InvalidArgumentException;
import gantry.errors.NotFoundException;
import gantry.errors.UnavailableException;
import gantry.networks.NetworkRequest;
import gantry.networks.NetworkResult;
import gantry.networks.NetworkResult.Address;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** With programs that are shell scripts, which write down how they were called. */
@Timeout(30)
class CniNetworksTest {
  private static final String OK =
      """
      {"cniVersion":"1.0.0",
       "interfaces":[{"name":"veth1","mac":"a"},{"name":"eth0","mac":"b","sandbox":"/ns"}],
       "ips":[{"address":"10.1.2.3/24","gateway":"10.1.2.1","interface":1}],
       "routes":[{"dst":"0.0.0.0/0","gw":"10.1.2.1"}],
       "dns":{"nameservers":["10.1.2.1"],"search":["example.org"]}}
      """;

  @TempDir Path directory;

  @BeforeEach
  void install() throws IOException {
    Files.createDirectories(directory.resolve("bin"));
    Files.createDirectories(directory.resolve("conf"));
    program("loopback", "echo '{}'");
  }

  @Test
  void attach_runsTheProgramsInOrderWithTheResultBefore() throws IOException {
    program("one", "echo '" + OK + "'");
    program("two", "echo '" + OK.replace("10.1.2.3", "10.1.2.4") + "'");
    network("10-net.conflist", "net", "{\"type\":\"one\",\"key\":1}", "{\"type\":\"two\"}");

    NetworkResult result = networks(1).attach(request());

    assertThat(result.addresses()).containsExactly(new Address("10.1.2.4/24", "10.1.2.1", "eth0"));
    assertThat(result.addresses().getFirst().host()).isEqualTo("10.1.2.4");
    assertThat(result.interfaces()).hasSize(2);
    assertThat(result.dns().search()).containsExactly("example.org");
    assertThat(calls()).containsExactly("loopback ADD lo", "one ADD eth0", "two ADD eth0");
    assertThat(input("one"))
        .contains("\"key\":1")
        .contains("\"name\":\"net\"")
        .contains("\"cniVersion\":\"1.0.0\"")
        .doesNotContain("prevResult");
    assertThat(input("two")).contains("prevResult").contains("10.1.2.3/24");
  }

  @Test
  void attach_passesArgumentsAndTheCapabilitiesAProgramHas() throws IOException {
    program("one", "echo '" + OK + "'; env > " + directory.resolve("environment"));
    network(
        "10-net.conflist", "net", "{\"type\":\"one\",\"capabilities\":{\"portMappings\":true}}");
    NetworkRequest request =
        new NetworkRequest(
            "c1",
            directory,
            Map.of("K8S_POD_NAME", "p", "IgnoreUnknown", "1"),
            Map.of("portMappings", "[{\"hostPort\":80}]", "bandwidth", "{}"));

    networks(1).attach(request);

    assertThat(directory.resolve("environment"))
        .content()
        .contains("CNI_ARGS=IgnoreUnknown=1;K8S_POD_NAME=p")
        .contains("CNI_CONTAINERID=c1")
        .contains("CNI_NETNS=" + directory)
        .contains("CNI_PATH=" + directory.resolve("bin"));
    assertThat(input("one")).contains("\"runtimeConfig\":{\"portMappings\":[{\"hostPort\":80}]}");
  }

  @Test
  void attach_toSeveralNetworks_numbersTheInterfaces() throws IOException {
    program("one", "echo '" + OK + "'");
    network("20-b.conflist", "b", "{\"type\":\"one\"}");
    network("10-a.conflist", "a", "{\"type\":\"one\"}");
    Files.writeString(directory.resolve("conf/00-readme.txt"), "not a network");

    assertThat(networks(0).names()).containsExactly("a", "b");
    networks(0).attach(request());

    assertThat(calls()).containsExactly("loopback ADD lo", "one ADD eth0", "one ADD eth1");
  }

  @Test
  void attach_twice_isRefused() throws IOException {
    program("one", "echo '" + OK + "'");
    network("10-a.conflist", "a", "{\"type\":\"one\"}");
    networks(1).attach(request());

    assertThatThrownBy(() -> networks(1).attach(request()))
        .isInstanceOf(AlreadyExistsException.class);
  }

  @Test
  void attach_whenAProgramFails_undoesAllAndTellsWhy() throws IOException {
    program("one", "echo '" + OK + "'");
    program(
        "two",
        "[ $CNI_COMMAND = DEL ] && exit 0;"
            + "echo '{\"code\":11,\"msg\":\"pool is empty\",\"details\":\"10.1.2.0/24\"}'; exit 1");
    network("10-net.conflist", "net", "{\"type\":\"one\"}", "{\"type\":\"two\"}");

    assertThatThrownBy(() -> networks(1).attach(request()))
        .isInstanceOf(UnavailableException.class)
        .hasMessageContaining("type=\"two\" name=\"net\" failed (add): pool is empty; 10.1.2.0/24");

    assertThat(calls())
        .containsSubsequence("two ADD eth0", "two DEL eth0", "one DEL eth0", "loopback DEL lo");
    assertThat(directory.resolve("root/attached")).isEmptyDirectory();
  }

  @Test
  void attach_whenAProgramDiesWithoutWords_showsItsErrors() throws IOException {
    program("one", "echo 'no such thing' >&2; exit 3");
    network("10-net.conflist", "net", "{\"type\":\"one\"}");

    assertThatThrownBy(() -> networks(1).attach(request()))
        .isInstanceOf(InternalException.class)
        .hasMessageContaining("exit status 3: no such thing");
  }

  @Test
  void attach_whenAProgramHangs_killsIt() throws IOException {
    program("one", "[ $CNI_COMMAND = DEL ] && exit 0; exec sleep 1000");
    network("10-net.conflist", "net", "{\"type\":\"one\"}");

    assertThatThrownBy(() -> networks(1, Duration.ofMillis(300)).attach(request()))
        .isInstanceOf(DeadlineExceededException.class);
    assertThat(ProcessHandle.current().descendants()).noneMatch(CniNetworksTest::isSleep);
  }

  @Test
  void attach_withoutTheProgram_saysWhatIsMissing() throws IOException {
    network("10-net.conflist", "net", "{\"type\":\"missing\"}");

    assertThatThrownBy(() -> networks(1).attach(request()))
        .isInstanceOf(FailedPreconditionException.class)
        .hasMessageContaining("failed to find network plugin \"missing\"");
  }

  @Test
  void attach_withoutNetworks_saysWhereTheyBelong() {
    assertThatThrownBy(() -> networks(1).attach(request()))
        .isInstanceOf(FailedPreconditionException.class)
        .hasMessageContaining("no network config found in " + directory.resolve("conf"));
    assertThatThrownBy(() -> networks(1).check("c1")).isInstanceOf(NotFoundException.class);
  }

  @Test
  void names_withBrokenFile_saysWhich() throws IOException {
    Files.writeString(directory.resolve("conf/10-x.conf"), "{\"name\":");
    assertThatThrownBy(() -> networks(1).names()).hasMessageContaining("10-x.conf");

    Files.writeString(directory.resolve("conf/10-x.conf"), "{\"name\":\"x\",\"type\":\"../evil\"}");
    assertThatThrownBy(() -> networks(1).names()).hasMessageContaining("../evil");
  }

  @Test
  void detach_usesTheConfigurationOfThen_inReverse() throws IOException {
    program("one", "echo '" + OK + "'");
    program("two", "echo '" + OK + "'");
    network("10-net.conflist", "net", "{\"type\":\"one\"}", "{\"type\":\"two\"}");
    networks(1).attach(request());
    Files.delete(directory.resolve("conf/10-net.conflist"));
    Files.delete(directory.resolve("calls"));

    networks(1).detach("c1");
    networks(1).detach("c1");

    assertThat(calls()).containsExactly("two DEL eth0", "one DEL eth0", "loopback DEL lo");
    assertThat(input("one")).contains("prevResult");
  }

  @Test
  void detach_ofIdThatIsAPath_isRefused() {
    assertThatThrownBy(() -> networks(1).detach("../x"))
        .isInstanceOf(InvalidArgumentException.class);
  }

  private CniNetworks networks(int max) {
    return networks(max, Duration.ofSeconds(20));
  }

  private CniNetworks networks(int max, Duration limit) {
    return new CniNetworks(
        directory.resolve("root"),
        new NetworkDirectory(directory.resolve("conf"), max),
        List.of(directory.resolve("bin")),
        limit);
  }

  private NetworkRequest request() {
    return NetworkRequest.of("c1", directory);
  }

  private void network(String file, String name, String... plugins) throws IOException {
    Files.writeString(
        directory.resolve("conf").resolve(file),
        "{\"cniVersion\":\"1.0.0\",\"name\":\"%s\",\"plugins\":[%s]}"
            .formatted(name, String.join(",", plugins)));
  }

  private void program(String name, String body) throws IOException {
    Path file = directory.resolve("bin").resolve(name);
    Files.writeString(
        file,
        """
        #!/bin/sh
        echo "%1$s $CNI_COMMAND $CNI_IFNAME" >> %2$s/calls
        cat > %2$s/input-%1$s
        %3$s
        """
            .formatted(name, directory, body));
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private List<String> calls() throws IOException {
    return Files.readAllLines(directory.resolve("calls"));
  }

  private String input(String program) throws IOException {
    return Files.readString(directory.resolve("input-" + program));
  }

  private static boolean isSleep(ProcessHandle process) {
    return process.info().commandLine().filter(line -> line.contains("sleep 1000")).isPresent();
  }
}
