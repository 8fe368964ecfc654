// SPDX-License-Identifier: Apache-2.0
package gantry.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gantry.boot.fixture.BundleBuilder;
import gantry.boot.fixture.KernelFixture;
import gantry.boot.fixture.api.Echo;
import gantry.boot.fixture.provider.EchoProvider;
import gantry.errors.UnavailableException;
import gantry.plugins.Handle;
import java.lang.ref.PhantomReference;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Bundle;

class HandlesTest {
  private static final String PLUGIN = "test.echo.v1.plain";
  private static final int CALLERS = 16;
  private static final int SWAPS = 50;

  @TempDir Path directory;
  private KernelFixture kernel;

  @BeforeEach
  void start() throws Exception {
    kernel =
        KernelFixture.start(
            directory, "version = 4\n[timeouts]\n'io.gantry.timeout.plugin' = \"2s\"\n");
  }

  @AfterEach
  void stop() throws Exception {
    kernel.close();
  }

  @Test
  void update_underLoad_failsNoCallAndLeaksNoLoader() throws Exception {
    Bundle bundle = kernel.install(provider("1.0.0"));
    bundle.start();
    Handle<Echo> handle = kernel.echo(PLUGIN).orElseThrow();
    Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    AtomicLong calls = new AtomicLong();
    AtomicBoolean done = new AtomicBoolean();
    List<Thread> callers = new ArrayList<>();
    for (int i = 0; i < CALLERS; i++) {
      callers.add(Thread.ofVirtual().start(() -> call(handle, done, calls, failures)));
    }
    Path other = provider("2.0.0");
    Path first = directory.resolve("1.0.0.jar");
    ReferenceQueue<ClassLoader> collected = new ReferenceQueue<>();
    Set<Reference<ClassLoader>> loaders = new HashSet<>();
    for (int i = 0; i < SWAPS; i++) {
      loaders.add(new PhantomReference<>(loader(handle), collected));
      long before = calls.get();
      KernelFixture.update(bundle, i % 2 == 0 ? other : first);
      while (calls.get() < before + CALLERS && failures.isEmpty()) {
        Thread.onSpinWait();
      }
    }
    done.set(true);
    for (Thread caller : callers) {
      caller.join();
    }

    assertThat(failures).isEmpty();
    assertThat(calls).hasValueGreaterThan((long) SWAPS * CALLERS);
    assertThat(kernel.echo(PLUGIN)).containsSame(handle);
    assertThat(remaining(loaders, collected)).isZero();
  }

  @Test
  void call_withoutProvider_saysWhichPluginIsMissing() throws Exception {
    Bundle bundle = kernel.install(provider("1.0.0"));
    bundle.start();
    Handle<Echo> handle = kernel.echo(PLUGIN).orElseThrow();
    bundle.stop();

    assertThatThrownBy(() -> handle.call(echo -> echo.echo("x")))
        .isInstanceOf(UnavailableException.class)
        .hasMessageContaining(PLUGIN)
        .hasMessageContaining("its bundle echo is stopped");
  }

  @Test
  void call_whileProviderIsReplaced_waits() throws Exception {
    Bundle bundle = kernel.install(provider("1.0.0"));
    bundle.start();
    Handle<Echo> handle = kernel.echo(PLUGIN).orElseThrow();
    bundle.stop();
    Queue<String> answers = new ConcurrentLinkedQueue<>();
    Thread caller =
        Thread.ofVirtual().start(() -> answers.add(handle.call(echo -> echo.echo("late"))));

    bundle.start();
    caller.join();

    assertThat(answers).containsExactly("late");
  }

  @Test
  void stop_waitsForCallsButNotForLongLeases() throws Exception {
    Bundle bundle = kernel.install(provider("1.0.0"));
    bundle.start();
    Handle<Echo> handle = kernel.echo(PLUGIN).orElseThrow();

    try (Handle.Lease<Echo> lease = handle.lease()) {
      bundle.stop();

      assertThatThrownBy(() -> lease.get().echo("x")).hasMessageContaining("deactivated");
    }
  }

  @Test
  void uninstall_withdrawsTheHandle() throws Exception {
    Bundle bundle = kernel.install(provider("1.0.0"));
    bundle.start();
    assertThat(kernel.echo(PLUGIN)).isPresent();

    bundle.uninstall();

    assertThat(kernel.echo(PLUGIN)).isEmpty();
  }

  @Test
  void providerThatFails_getsNoHandle() throws Exception {
    Path jar =
        new BundleBuilder("failing")
            .plugin(
                PLUGIN,
                EchoProvider.class,
                "activate=\"activate\" init=\"1\"",
                "<property name=\"fail\" value=\"yes\"/>" + SERVICE)
            .write(directory.resolve("failing.jar"));
    kernel.install(jar).start();

    assertThat(kernel.echo(PLUGIN)).isEmpty();
    assertThat(kernel.status(PLUGIN).reason()).isEqualTo("disk is broken");
  }

  static final String SERVICE =
      "<service><provide interface=\"gantry.boot.fixture.api.Echo\"/></service>";

  private Path provider(String version) throws Exception {
    return new BundleBuilder("echo")
        .version(version)
        .plugin(PLUGIN, EchoProvider.class, "deactivate=\"deactivate\" init=\"1\"", SERVICE)
        .write(directory.resolve(version + ".jar"));
  }

  private static void call(
      Handle<Echo> handle, AtomicBoolean done, AtomicLong calls, Queue<Throwable> failures) {
    while (!done.get()) {
      try {
        handle.call(echo -> echo.echo("x"));
        calls.incrementAndGet();
      } catch (RuntimeException e) {
        failures.add(e);
        return;
      }
    }
  }

  private static ClassLoader loader(Handle<Echo> handle) {
    return handle.call(echo -> echo.getClass().getClassLoader());
  }

  /** Collects until all but those still in use are gone, or patience ends. */
  private static int remaining(
      Set<Reference<ClassLoader>> loaders, ReferenceQueue<ClassLoader> collected)
      throws InterruptedException {
    for (int i = 0; i < 50 && !loaders.isEmpty(); i++) {
      System.gc();
      Reference<? extends ClassLoader> gone = collected.remove(200);
      while (gone != null) {
        loaders.remove(gone);
        gone = collected.poll();
      }
    }
    return loaders.size();
  }
}
