// SPDX-License-Identifier: Apache-2.0
package gantry.supervisor;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Empty;
import containerd.events.TaskStart;
import containerd.services.events.ttrpc.v1.ForwardRequest;
import containerd.types.Envelope;
import gantry.errors.InvalidArgumentException;
import gantry.ttrpc.TtrpcMethod;
import gantry.ttrpc.TtrpcServer;
import gantry.ttrpc.TtrpcServices;
import io.gantry.admin.v1.ForwardAllRequest;
import io.gantry.admin.v1.ForwardAllResponse;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class EventsTest {
  private static final int MANY = 500;
  private static final String REFUSED = "/tasks/100";

  @TempDir Path dir;
  private final BlockingQueue<String> topics = new LinkedBlockingQueue<>();
  private final AtomicInteger calls = new AtomicInteger();

  /** The first event is not answered before there are many more. */
  private final CountDownLatch backlog = new CountDownLatch(1);

  private final List<AutoCloseable> opened = new ArrayList<>();

  @AfterEach
  void stop() throws Exception {
    for (AutoCloseable one : opened.reversed()) {
      one.close();
    }
  }

  private Events serve(boolean takesMany) throws IOException {
    TtrpcServices services = new TtrpcServices();
    services.add(
        "containerd.services.events.ttrpc.v1.Events",
        List.of(
            new TtrpcMethod<>(
                "Forward",
                ForwardRequest.parser(),
                (request, call) -> {
                  backlog.await();
                  calls.incrementAndGet();
                  take(request.getEnvelope());
                  return Empty.getDefaultInstance();
                })));
    if (takesMany) {
      services.add(
          "gantry.admin.v1.Events",
          List.of(
              new TtrpcMethod<>(
                  "ForwardAll", ForwardAllRequest.parser(), (request, call) -> takeAll(request))));
    }
    opened.add(TtrpcServer.start(dir.resolve("s"), services));
    Events events = new Events(dir.resolve("s"));
    opened.add(events);
    return events;
  }

  private void take(Envelope envelope) {
    if (envelope.getTopic().equals(REFUSED)) {
      throw new InvalidArgumentException("never this one");
    }
    topics.add(envelope.getTopic());
  }

  private ForwardAllResponse takeAll(ForwardAllRequest request) {
    calls.incrementAndGet();
    int taken = 0;
    try {
      for (Envelope envelope : request.getEnvelopesList()) {
        take(envelope);
        taken++;
      }
    } catch (InvalidArgumentException e) {
      return ForwardAllResponse.newBuilder().setTaken(taken).build();
    }
    return ForwardAllResponse.newBuilder().setTaken(taken).build();
  }

  private void publishMany(Events events) {
    for (int i = 0; i < MANY; i++) {
      events.publish(
          "ns", "/tasks/" + i, "containerd.events.TaskStart", TaskStart.newBuilder().build());
    }
    backlog.countDown();
  }

  private List<String> received() throws InterruptedException {
    List<String> all = new ArrayList<>();
    while (all.size() < MANY - 1) {
      String topic = topics.poll(20, TimeUnit.SECONDS);
      assertThat(topic).as("after %s", all).isNotNull();
      all.add(topic);
    }
    return all;
  }

  private static List<String> allButTheRefused() {
    return IntStream.range(0, MANY)
        .mapToObj(i -> "/tasks/" + i)
        .filter(topic -> !topic.equals(REFUSED))
        .toList();
  }

  @Test
  void backlog_isToldWithFewCalls() throws Exception {
    publishMany(serve(true));
    assertThat(received()).isEqualTo(allButTheRefused());
    assertThat(calls.get()).isLessThan(MANY / 10);
  }

  @Test
  void backlog_isToldOneByOneToADaemonThatKnowsNoOtherWay() throws Exception {
    publishMany(serve(false));
    assertThat(received()).isEqualTo(allButTheRefused());
  }
}
