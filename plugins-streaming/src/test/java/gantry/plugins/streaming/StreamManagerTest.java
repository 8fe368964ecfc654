// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.streaming;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gantry.errors.AlreadyExistsException;
import gantry.errors.InvalidArgumentException;
import gantry.errors.NotFoundException;
import gantry.errors.ResourceExhaustedException;
import gantry.labels.Labels;
import gantry.leases.Lease;
import gantry.leases.Leases;
import gantry.metadata.Caller;
import gantry.metadata.Metadata;
import gantry.metadata.Scope;
import gantry.names.Namespace;
import gantry.streaming.MessageStream;
import gantry.testkit.FixedHandle;
import gantry.testkit.HeapMemory;
import gantry.typed.TypedValue;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class StreamManagerTest {
  private static final Namespace NS = new Namespace("ns");

  private final AtomicReference<List<Lease>> leases = new AtomicReference<>(List.of());
  private final HeapMemory memory = new HeapMemory();
  private final StreamManager manager = open();

  private StreamManager open() {
    return new StreamManager(
        FixedHandle.of(
            answering(Metadata.class, answering(Scope.class, answering(Leases.class, leases)))),
        memory,
        2,
        Duration.ofMillis(20));
  }

  @AfterEach
  void close() {
    manager.close();
  }

  @Test
  void register_makesTheStreamKnownInItsNamespaceOnly() {
    FakeStream stream = new FakeStream();
    manager.register(Caller.of(NS), "one", stream);

    assertThat(manager.get(NS, "one")).isSameAs(stream);
    assertThatThrownBy(() -> manager.get(new Namespace("other"), "one"))
        .isInstanceOf(NotFoundException.class)
        .hasMessageContaining("one");
  }

  @Test
  void register_inOneVersion_makesTheStreamKnownInTheNext() {
    FakeStream stream = new FakeStream();
    manager.register(Caller.of(NS), "one", stream);
    try (StreamManager next = open()) {
      manager.close();
      assertThat(next.get(NS, "one")).isSameAs(stream);
      FakeStream other = new FakeStream();
      next.register(Caller.of(NS), "two", other);
      assertThatThrownBy(() -> next.register(Caller.of(NS), "three", new FakeStream()))
          .isInstanceOf(ResourceExhaustedException.class);

      stream.close();
      assertThatThrownBy(() -> next.get(NS, "one")).isInstanceOf(NotFoundException.class);
      other.close();
    }
  }

  @Test
  void register_ofAnIdInUse_isRefused() {
    manager.register(Caller.of(NS), "one", new FakeStream());

    assertThatThrownBy(() -> manager.register(Caller.of(NS), "one", new FakeStream()))
        .isInstanceOf(AlreadyExistsException.class);
    manager.register(Caller.of(new Namespace("other")), "one", new FakeStream());
  }

  @Test
  void register_ofTooMany_isRefusedUntilOneEnds() {
    FakeStream first = new FakeStream();
    manager.register(Caller.of(NS), "1", first);
    manager.register(Caller.of(NS), "2", new FakeStream());

    assertThatThrownBy(() -> manager.register(Caller.of(NS), "3", new FakeStream()))
        .isInstanceOf(ResourceExhaustedException.class);
    first.close();
    manager.register(Caller.of(NS), "3", new FakeStream());
  }

  @Test
  void register_withoutAnId_isRefused() {
    assertThatThrownBy(() -> manager.register(Caller.of(NS), "", new FakeStream()))
        .isInstanceOf(InvalidArgumentException.class);
  }

  @Test
  void endedStream_isForgottenAndItsIdIsFree() {
    FakeStream stream = new FakeStream();
    manager.register(Caller.of(NS), "one", stream);
    stream.close();

    assertThatThrownBy(() -> manager.get(NS, "one")).isInstanceOf(NotFoundException.class);
    FakeStream next = new FakeStream();
    manager.register(Caller.of(NS), "one", next);
    stream.close();
    assertThat(manager.get(NS, "one")).isSameAs(next);
  }

  @Test
  void streamOfALease_endsWithTheLease() throws Exception {
    leases.set(List.of(new Lease("work", Instant.EPOCH, Labels.none())));
    FakeStream leased = new FakeStream();
    FakeStream free = new FakeStream();
    manager.register(new Caller(NS, "work"), "leased", leased);
    manager.register(Caller.of(NS), "free", free);
    leases.set(List.of());

    leased.ended.get(10, TimeUnit.SECONDS);
    assertThat(free.ended).isNotDone();
    assertThatThrownBy(() -> manager.get(NS, "leased")).isInstanceOf(NotFoundException.class);
  }

  /** Whose every method answers the same. */
  private static <T> T answering(Class<T> type, Object answer) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) ->
                answer instanceof AtomicReference<?> changing ? changing.get() : answer));
  }

  private static final class FakeStream implements MessageStream {
    final CompletableFuture<Void> ended = new CompletableFuture<>();

    @Override
    public void send(TypedValue message) {}

    @Override
    public @Nullable TypedValue receive(Duration deadline) {
      return null;
    }

    @Override
    public void onClose(Runnable action) {
      CompletableFuture<Void> _ = ended.thenRun(action);
    }

    @Override
    public void close() {
      ended.complete(null);
    }
  }
}
