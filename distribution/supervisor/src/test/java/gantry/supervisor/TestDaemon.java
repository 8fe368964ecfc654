// SPDX-License-Identifier: Apache-2.0
package gantry.supervisor;

import com.google.protobuf.Empty;
import containerd.events.TaskExit;
import containerd.services.events.ttrpc.v1.ForwardRequest;
import containerd.types.Envelope;
import gantry.ttrpc.TtrpcMethod;
import gantry.ttrpc.TtrpcServer;
import gantry.ttrpc.TtrpcServices;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What the supervisor tells its daemon. */
final class TestDaemon implements AutoCloseable {
  private final Path socket;
  private final BlockingQueue<Envelope> received = new LinkedBlockingQueue<>();
  private @Nullable TtrpcServer server;

  TestDaemon(Path socket) throws IOException {
    this.socket = socket;
    comeBack();
  }

  void comeBack() throws IOException {
    TtrpcServices services = new TtrpcServices();
    services.add(
        "containerd.services.events.ttrpc.v1.Events",
        List.of(
            new TtrpcMethod<>(
                "Forward",
                ForwardRequest.parser(),
                (request, call) -> {
                  received.add(request.getEnvelope());
                  return Empty.getDefaultInstance();
                })));
    server = TtrpcServer.start(socket, services);
  }

  void goAway() throws IOException {
    if (server != null) {
      server.close();
    }
  }

  Envelope next() throws InterruptedException {
    Envelope envelope = received.poll(30, TimeUnit.SECONDS);
    if (envelope == null) {
      throw new AssertionError("no event within 30 s");
    }
    return envelope;
  }

  /** The topics up to and including the last of these, one word each. */
  List<String> until(String last) throws Exception {
    List<String> topics = new ArrayList<>();
    do {
      topics.add(describe(next()));
    } while (!topics.getLast().startsWith(last));
    return topics;
  }

  private static String describe(Envelope envelope) throws IOException {
    String topic = envelope.getTopic().replace("/tasks/", "");
    if (topic.equals("exit")) {
      TaskExit exit = TaskExit.parseFrom(envelope.getEvent().getValue());
      return "exit " + exit.getId() + " " + exit.getExitStatus();
    }
    return topic;
  }

  @Override
  public void close() throws IOException {
    goAway();
  }
}
