// SPDX-License-Identifier: Apache-2.0
package gantry.supervisor;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Empty;
import com.google.protobuf.StringValue;
import gantry.ttrpc.TtrpcClient;
import gantry.ttrpc.TtrpcMethod;
import gantry.ttrpc.TtrpcServices;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class NamespaceSocketsTest {
  @TempDir Path dir;

  private Path wanted() throws Exception {
    return Files.createDirectories(dir.resolve("namespaces"));
  }

  /** As the launcher does: at once or not at all. */
  private Path want(String namespace) throws Exception {
    Path socket = dir.resolve(namespace + ".sock");
    Path fresh = Files.writeString(dir.resolve("fresh"), socket.toString());
    Files.move(fresh, wanted().resolve(namespace), StandardCopyOption.ATOMIC_MOVE);
    return socket;
  }

  /** Its one method says which namespace it serves. */
  private static TtrpcServices named(String namespace) {
    return new TtrpcServices()
        .add(
            "test",
            List.of(
                new TtrpcMethod<>(
                    "Name", Empty.parser(), (request, call) -> StringValue.of(namespace))));
  }

  private static String ask(Path socket) throws Exception {
    try (TtrpcClient client = TtrpcClient.connect(socket)) {
      return client
          .call(
              "test",
              "Name",
              Empty.getDefaultInstance(),
              StringValue.parser(),
              Duration.ofSeconds(30),
              Map.of())
          .getValue();
    }
  }

  /** The socket is there a moment before it listens. */
  private static void await(Path socket) throws Exception {
    Object pace = new Object();
    synchronized (pace) {
      while (!listens(socket)) {
        pace.wait(20);
      }
    }
  }

  private static boolean listens(Path socket) {
    try (TtrpcClient client = TtrpcClient.connect(socket)) {
      return client.isOpen();
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void namespaces_areServedEachOnItsOwnSocket_alsoThoseThatComeLater() throws Exception {
    Path first = want("first");
    try (NamespaceSockets sockets = NamespaceSockets.open(wanted(), NamespaceSocketsTest::named)) {
      assertThat(ask(first)).isEqualTo("first");
      Path later = want("later");
      await(later);
      assertThat(ask(later)).isEqualTo("later");
      assertThat(ask(first)).isEqualTo("first");
      try (TtrpcClient idle = TtrpcClient.connect(later)) {
        ask(later);
        assertThat(sockets.areConnected()).isTrue();
        assertThat(idle.isOpen()).isTrue();
      }
    }
    assertThat(wanted()).isEmptyDirectory();
    assertThat(first).doesNotExist();
  }

  @Test
  void namespaceThatIsNone_isLeftOut() throws Exception {
    want("not a name");
    Path good = want("good");
    try (NamespaceSockets sockets = NamespaceSockets.open(wanted(), NamespaceSocketsTest::named)) {
      assertThat(ask(good)).isEqualTo("good");
      assertThat(sockets).isNotNull();
    }
  }
}
