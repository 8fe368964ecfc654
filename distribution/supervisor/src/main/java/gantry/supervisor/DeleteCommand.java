// SPDX-License-Identifier: Apache-2.0
package gantry.supervisor;

import com.google.protobuf.Empty;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import containerd.task.v3.DeleteRequest;
import containerd.task.v3.DeleteResponse;
import containerd.task.v3.KillRequest;
import containerd.task.v3.WaitRequest;
import containerd.task.v3.WaitResponse;
import gantry.errors.GantryException;
import gantry.errors.NotFoundException;
import gantry.linux.Processes;
import gantry.ttrpc.TtrpcClient;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/**
 * Ends and deletes a task of a supervisor that serves, for a daemon that has lost its connection to
 * it, and prints the answer as it came.
 */
final class DeleteCommand {
  /** Exit status: the supervisor does not serve or knows no such task. */
  static final int NOT_THERE = 3;

  private static final String SERVICE = "containerd.task.v3.Task";
  private static final Duration LIMIT = Duration.ofSeconds(10);

  private final TtrpcClient supervisor;
  private final String namespace;
  private final String id;

  private DeleteCommand(TtrpcClient supervisor, String namespace, String id) {
    this.supervisor = supervisor;
    this.namespace = namespace;
    this.id = id;
  }

  /** Runs it; the result is the exit status of the process. */
  static int run(Path socket, String namespace, String id, OutputStream out)
      throws InterruptedException {
    try (TtrpcClient client = TtrpcClient.connect(socket)) {
      new DeleteCommand(client, namespace, id).run().writeTo(out);
      out.flush();
      return 0;
    } catch (IOException | NotFoundException e) {
      return NOT_THERE;
    } catch (GantryException e) {
      System.err.println("delete task " + id + ": " + e.getMessage());
      return 1;
    }
  }

  private DeleteResponse run() throws InterruptedException {
    try {
      KillRequest kill =
          KillRequest.newBuilder().setId(id).setSignal(Processes.SIGKILL).setAll(true).build();
      call("Kill", kill, Empty.parser());
      call("Wait", WaitRequest.newBuilder().setId(id).build(), WaitResponse.parser());
    } catch (NotFoundException e) {
      // it has ended, or there is none, which the deletion will say
    }
    return call("Delete", DeleteRequest.newBuilder().setId(id).build(), DeleteResponse.parser());
  }

  private <R extends MessageLite> R call(String method, MessageLite request, Parser<R> answer)
      throws InterruptedException {
    return supervisor.call(
        SERVICE, method, request, answer, LIMIT, Map.of("containerd-namespace-ttrpc", namespace));
  }
}
