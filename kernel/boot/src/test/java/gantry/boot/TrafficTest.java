// SPDX-License-Identifier: Apache-2.0
package gantry.boot;

import static org.assertj.core.api.Assertions.assertThat;

import gantry.boot.fixture.BundleBuilder;
import gantry.boot.fixture.KernelFixture;
import gantry.boot.fixture.api.Echo;
import gantry.boot.fixture.provider.EchoProvider;
import gantry.boot.fixture.provider.FlakyProvider;
import gantry.boot.handles.Handles;
import gantry.plugins.Handle;
import gantry.plugins.HandleStatus;
import gantry.plugins.PluginTraffic;
import java.lang.ref.Reference;
import java.lang.ref.WeakReference;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Bundle;

class TrafficTest {
  private static final String PLUGIN = "test.echo.v1.plain";
  private static final String NEW = "test.echo.v1.new";
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final int CALLERS = 64;
  private static final int MOVES = 200;

  @TempDir Path directory;
  private KernelFixture kernel;
  private Handles traffic;

  @BeforeEach
  void start() throws Exception {
    kernel =
        KernelFixture.start(
            directory, "version = 4\n[timeouts]\n'io.gantry.timeout.plugin' = \"500ms\"\n");
    traffic = (Handles) kernel.service(PluginTraffic.class);
  }

  @AfterEach
  void stop() throws Exception {
    kernel.close();
  }

  @Test
  void moves_underLoad_failNoCallAndLeakNoLoader() throws Exception {
    Bundle serving = started(0);
    Handle<Echo> handle = kernel.echo(PLUGIN).orElseThrow();
    Load load = new Load(handle);
    List<Reference<ClassLoader>> loaders = new ArrayList<>();
    for (int i = 1; i <= MOVES; i++) {
      loaders.add(new WeakReference<>(loader(handle)));
      Bundle next = kernel.install(provider(i));
      traffic.hold(next.getBundleId());
      next.start();
      traffic.move(next.getBundleId());
      assertThat(traffic.retire(serving.getBundleId(), PATIENCE)).isTrue();
      serving.uninstall();
      traffic.forget(serving.getBundleId());
      serving = next;
    }
    load.stop();

    assertThat(load.failures).isEmpty();
    assertThat(load.calls).hasValueGreaterThan(1000L * CALLERS / 4);
    assertThat(status(PLUGIN).calls()).isEqualTo(load.calls.get() + MOVES);
    assertThat(kernel.echo(PLUGIN)).containsSame(handle);
    assertThat(remaining(loaders)).isZero();
  }

  @Test
  void heldBundle_getsNoCallAndNobodyHearsOfIt() throws Exception {
    started(1);
    Handle<Echo> handle = kernel.echo(PLUGIN).orElseThrow();
    ClassLoader old = loader(handle);
    Bundle next =
        kernel.install(
            builder(2)
                .plugin(NEW, EchoProvider.class, "init=\"1\"", HandlesTest.SERVICE)
                .write(directory.resolve("2.jar")));

    traffic.hold(next.getBundleId());
    next.start();

    assertThat(kernel.status(NEW).reason()).isNull();
    assertThat(loader(handle)).isSameAs(old);
    assertThat(kernel.echo(NEW)).isEmpty();

    traffic.move(next.getBundleId());

    assertThat(loader(handle)).isNotSameAs(old);
    assertThat(kernel.echo(NEW)).isPresent();
  }

  @Test
  void heldBundleThatGoes_isNotNoticed() throws Exception {
    started(1);
    Handle<Echo> handle = kernel.echo(PLUGIN).orElseThrow();
    ClassLoader old = loader(handle);
    Bundle next = kernel.install(provider(2));
    traffic.hold(next.getBundleId());
    next.start();

    next.uninstall();
    traffic.forget(next.getBundleId());

    assertThat(loader(handle)).isSameAs(old);
    assertThat(kernel.echo(PLUGIN)).containsSame(handle);
  }

  @Test
  void pluginTheNewVersionLacks_servesUntilTheOldOneGoes() throws Exception {
    Bundle old =
        kernel.install(
            builder(1)
                .plugin(NEW, EchoProvider.class, "init=\"1\"", HandlesTest.SERVICE)
                .write(directory.resolve("1.jar")));
    old.start();
    Handle<Echo> lacking = kernel.echo(NEW).orElseThrow();
    Bundle next = kernel.install(provider(2));
    traffic.hold(next.getBundleId());
    next.start();
    traffic.move(next.getBundleId());

    assertThat(lacking.<String, RuntimeException>call(echo -> echo.echo("x"))).isEqualTo("x");

    assertThat(traffic.retire(old.getBundleId(), PATIENCE)).isTrue();
    old.uninstall();
    assertThat(kernel.echo(NEW)).isEmpty();
    assertThat(kernel.echo(PLUGIN)).isPresent();
  }

  @Test
  void retire_waitsForCallsAndSaysWhetherTheyEnded() throws Exception {
    Bundle bundle = started(1);
    Handle<Echo> handle = kernel.echo(PLUGIN).orElseThrow();
    CountDownLatch in = new CountDownLatch(1);
    CountDownLatch out = new CountDownLatch(1);
    Thread caller = Thread.ofVirtual().start(() -> handle.run(_ -> waitIn(in, out)));
    in.await();

    assertThat(traffic.retire(bundle.getBundleId(), Duration.ofMillis(50))).isFalse();
    out.countDown();
    caller.join();
    assertThat(traffic.retire(bundle.getBundleId(), PATIENCE)).isTrue();

    traffic.resume(bundle.getBundleId());
    assertThat(handle.<String, RuntimeException>call(echo -> echo.echo("x"))).isEqualTo("x");
  }

  @Test
  void pausedCallers_waitForTheNextVersion() throws Exception {
    Bundle old = started(1);
    Handle<Echo> handle = kernel.echo(PLUGIN).orElseThrow();
    Bundle next = kernel.install(provider(2));
    Queue<String> answers = new ConcurrentLinkedQueue<>();

    traffic.pause(old.getBundleId());
    Thread caller =
        Thread.ofVirtual().start(() -> answers.add(handle.call(echo -> echo.echo("late"))));
    assertThat(traffic.retire(old.getBundleId(), PATIENCE)).isTrue();
    old.stop();
    // Longer than a handle stays without a provider that nobody announced.
    caller.join(Duration.ofMillis(1200));

    assertThat(answers).isEmpty();
    assertThat(kernel.echo(PLUGIN)).containsSame(handle);

    traffic.hold(next.getBundleId());
    next.start();
    assertThat(answers).isEmpty();
    traffic.move(next.getBundleId());
    caller.join();
    assertThat(answers).containsExactly("late");
  }

  @Test
  void pausedCallers_areServedByTheOldVersionWhereTheNewOneIsNoGood() throws Exception {
    Bundle old = started(1);
    Handle<Echo> handle = kernel.echo(PLUGIN).orElseThrow();
    traffic.pause(old.getBundleId());
    Queue<String> answers = new ConcurrentLinkedQueue<>();
    Thread caller =
        Thread.ofVirtual().start(() -> answers.add(handle.call(echo -> echo.echo("late"))));
    assertThat(traffic.retire(old.getBundleId(), PATIENCE)).isTrue();
    old.stop();

    old.start();
    traffic.resume(old.getBundleId());
    caller.join();

    assertThat(answers).containsExactly("late");
  }

  @Test
  void pluginThatStartsAtTheSecondTry_isTakenUp() throws Exception {
    CountDownLatch published = new CountDownLatch(1);
    kernel
        .context()
        .addServiceListener(_ -> published.countDown(), "(contract=" + Echo.class.getName() + ")");
    kernel
        .install(
            new BundleBuilder("flaky")
                .plugin(PLUGIN, FlakyProvider.class, "", HandlesTest.SERVICE)
                .write(directory.resolve("flaky.jar")))
        .start();

    assertThat(published.await(5, TimeUnit.SECONDS)).isTrue();
    assertThat(kernel.echo(PLUGIN)).isPresent();
  }

  @Test
  void handles_tellWhatIsInThem() throws Exception {
    started(1);
    Handle<Echo> handle = kernel.echo(PLUGIN).orElseThrow();
    CountDownLatch in = new CountDownLatch(1);
    CountDownLatch out = new CountDownLatch(1);
    Thread caller = Thread.ofVirtual().start(() -> handle.run(_ -> waitIn(in, out)));
    in.await();

    HandleStatus busy = status(PLUGIN);
    out.countDown();
    caller.join();

    assertThat(busy.contract()).isEqualTo(Echo.class.getName());
    assertThat(busy.inFlight()).isEqualTo(1);
    assertThat(busy.oldest()).isPositive();
    assertThat(status(PLUGIN).inFlight()).isZero();
    assertThat(status(PLUGIN).calls()).isEqualTo(1);
  }

  private static void waitIn(CountDownLatch in, CountDownLatch out) {
    in.countDown();
    try {
      out.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private HandleStatus status(String plugin) {
    return traffic.handles().stream()
        .filter(handle -> handle.plugin().equals(plugin))
        .findFirst()
        .orElseThrow();
  }

  private Bundle started(int version) throws Exception {
    Bundle bundle = kernel.install(provider(version));
    bundle.start();
    return bundle;
  }

  private Path provider(int version) throws Exception {
    return builder(version).write(directory.resolve(version + ".jar"));
  }

  private static BundleBuilder builder(int version) {
    return new BundleBuilder("echo")
        .version(version + ".0.0")
        .plugin(
            PLUGIN,
            EchoProvider.class,
            "deactivate=\"deactivate\" init=\"1\"",
            HandlesTest.SERVICE);
  }

  private static ClassLoader loader(Handle<Echo> handle) {
    return handle.call(echo -> echo.getClass().getClassLoader());
  }

  /** Collects until all are gone, or patience ends. */
  private static int remaining(List<Reference<ClassLoader>> loaders) {
    for (int i = 0; i < 50 && !loaders.isEmpty(); i++) {
      System.gc();
      loaders.removeIf(loader -> loader.get() == null);
    }
    return loaders.size();
  }

  /** Callers that call until they are stopped. */
  private static final class Load {
    final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    final AtomicLong calls = new AtomicLong();
    private final AtomicBoolean done = new AtomicBoolean();
    private final List<Thread> callers = new ArrayList<>();

    Load(Handle<Echo> handle) {
      for (int i = 0; i < CALLERS; i++) {
        callers.add(Thread.ofVirtual().start(() -> call(handle)));
      }
    }

    void stop() throws InterruptedException {
      done.set(true);
      for (Thread caller : callers) {
        caller.join();
      }
    }

    private void call(Handle<Echo> handle) {
      while (!done.get()) {
        try {
          if (!handle.<String, RuntimeException>call(echo -> echo.echo("x")).equals("x")) {
            failures.add(new AssertionError("another call's answer"));
          }
          calls.incrementAndGet();
        } catch (RuntimeException e) {
          failures.add(e);
          return;
        }
      }
    }
  }
}
