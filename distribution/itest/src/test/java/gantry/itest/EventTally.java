// SPDX-License-Identifier: Apache-2.0
package gantry.itest;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import containerd.events.ContainerCreate;
import containerd.events.ContainerDelete;
import containerd.events.SnapshotCommit;
import containerd.events.SnapshotPrepare;
import containerd.events.SnapshotRemove;
import containerd.events.TaskCreate;
import containerd.events.TaskDelete;
import containerd.events.TaskExecAdded;
import containerd.events.TaskExecStarted;
import containerd.events.TaskExit;
import containerd.events.TaskStart;
import containerd.services.events.v1.EventsGrpc;
import containerd.services.events.v1.SubscribeRequest;
import containerd.services.images.v1.ImageCreate;
import containerd.services.images.v1.ImageDelete;
import containerd.types.Envelope;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** One subscription to all events, and how often each came. Safe for concurrent use. */
final class EventTally implements StreamObserver<Envelope> {
  private final Map<String, Integer> seen = new ConcurrentHashMap<>();
  private volatile @Nullable String end;

  EventTally(Channels channels) {
    EventsGrpc.newStub(channels.bare()).subscribe(SubscribeRequest.getDefaultInstance(), this);
  }

  @Override
  public void onNext(Envelope envelope) {
    String what = envelope.getTopic();
    try {
      what += " " + subject(envelope.getTopic(), envelope.getEvent());
    } catch (InvalidProtocolBufferException e) {
      what += " unreadable: " + e.getMessage();
    }
    seen.merge(what, 1, Integer::sum);
    synchronized (this) {
      notifyAll();
    }
  }

  @Override
  public void onError(Throwable error) {
    end = error.toString();
  }

  @Override
  public void onCompleted() {
    end = "the daemon ended it";
  }

  /** Why the subscription is over; null while it goes on. */
  @Nullable String end() {
    return end;
  }

  int total() {
    return seen.values().stream().mapToInt(Integer::intValue).sum();
  }

  /** Waits until one came. */
  boolean await(String event, Duration patience) throws InterruptedException {
    long deadline = System.nanoTime() + patience.toNanos();
    synchronized (this) {
      while (!seen.containsKey(event)) {
        long left = (deadline - System.nanoTime()) / 1_000_000;
        if (left <= 0) {
          return false;
        }
        wait(left);
      }
    }
    return true;
  }

  /** Events that did not come, or came more than once; each is expected once. */
  List<String> wrong(Collection<String> expected, Duration patience) throws InterruptedException {
    List<String> wrong = new ArrayList<>();
    for (String event : expected) {
      boolean came = await(event, wrong.isEmpty() ? patience : Duration.ZERO);
      int times = seen.getOrDefault(event, 0);
      if (!came || times != 1) {
        wrong.add(event + ": " + times + " times");
      }
    }
    return wrong;
  }

  private static String subject(String topic, Any event) throws InvalidProtocolBufferException {
    var bytes = event.getValue();
    return switch (topic) {
      case "/containers/create" -> ContainerCreate.parseFrom(bytes).getId();
      case "/containers/delete" -> ContainerDelete.parseFrom(bytes).getId();
      case "/tasks/create" -> TaskCreate.parseFrom(bytes).getContainerId();
      case "/tasks/start" -> TaskStart.parseFrom(bytes).getContainerId();
      case "/tasks/exit" -> {
        TaskExit exit = TaskExit.parseFrom(bytes);
        yield exit.getContainerId() + "/" + exit.getId();
      }
      case "/tasks/delete" -> TaskDelete.parseFrom(bytes).getContainerId();
      case "/tasks/exec-added" -> TaskExecAdded.parseFrom(bytes).getContainerId();
      case "/tasks/exec-started" -> TaskExecStarted.parseFrom(bytes).getContainerId();
      case "/snapshot/prepare" -> SnapshotPrepare.parseFrom(bytes).getKey();
      case "/snapshot/commit" -> SnapshotCommit.parseFrom(bytes).getName();
      case "/snapshot/remove" -> SnapshotRemove.parseFrom(bytes).getKey();
      case "/images/create" -> ImageCreate.parseFrom(bytes).getName();
      case "/images/delete" -> ImageDelete.parseFrom(bytes).getName();
      default -> "";
    };
  }
}
