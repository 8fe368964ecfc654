// SPDX-License-Identifier: Apache-2.0
package gantry.itest.osgi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gantry.errors.FailedPreconditionException;
import gantry.errors.GantryException;
import gantry.errors.InvalidArgumentException;
import gantry.labels.Labels;
import gantry.plugins.BundleSource;
import gantry.plugins.ChangeOptions;
import gantry.plugins.ChangeStep;
import gantry.plugins.Handle;
import gantry.plugins.PluginBundle;
import gantry.plugins.PluginChange;
import gantry.plugins.PluginChange.Outcome;
import gantry.plugins.PluginChanges;
import gantry.snapshots.Snapshotter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import javax.inject.Inject;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerClass;
import org.osgi.framework.BundleContext;

/** Plugins in a plain framework are replaced and brought back by the kernel, under callers. */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class SwappedPluginsTest {
  private static final String SPACE = "w";
  private static final String NATIVE = "io.containerd.snapshotter.v1.native";
  private static final String NATIVE_BUNDLE = "gantry.plugins.snapshotter.native";
  private static final AtomicLong SERIAL = new AtomicLong();

  @Inject private BundleContext context;
  @Inject private PluginChanges changes;

  /** Called by Pax Exam outside the framework. */
  @Configuration
  public Option[] framework() throws IOException {
    return new Option[] {Installation.framework(SPACE)};
  }

  @Test
  public void swapAndRollback_underACaller_failNoCall() throws Exception {
    Path first = jar().write(next());
    Path second = jar().write(next());
    List<ChangeStep.Name> steps = new ArrayList<>();
    try (Repeated calls = new Repeated(calls())) {
      calls.awaitCalls();
      PluginChange one = swap(first, steps);
      calls.awaitCalls();
      assertThat(one.outcome()).isEqualTo(Outcome.DONE);
      assertThat(version()).isEqualTo(one.to());
      assertThat(steps).contains(ChangeStep.Name.MOVE).doesNotContain(ChangeStep.Name.PAUSE);

      PluginChange two = swap(second, new ArrayList<>());
      calls.awaitCalls();
      assertThat(version()).isEqualTo(two.to()).isNotEqualTo(one.to());

      changes.rollback(NATIVE, ChangeOptions.NONE, step -> {});
      calls.awaitCalls();
      assertThat(version()).isEqualTo(one.to());
      assertThat(calls.failures()).isEmpty();
    }
    assertThat(new Plugins(context).providers(Snapshotter.class, NATIVE)).hasSize(1);
  }

  @Test
  public void swap_ofAnExclusivePlugin_stopsTheOldOneFirstAndFailsNoCall() throws Exception {
    Path exclusive = jar().exclusive().write(next());
    Path after = jar().write(next());
    List<ChangeStep.Name> steps = new ArrayList<>();
    try (Repeated calls = new Repeated(calls())) {
      calls.awaitCalls();
      PluginChange one = swap(exclusive, steps);
      calls.awaitCalls();
      assertThat(steps).containsSubsequence(ChangeStep.Name.PAUSE, ChangeStep.Name.START);
      swap(after, new ArrayList<>());
      calls.awaitCalls();
      changes.rollback(NATIVE_BUNDLE, ChangeOptions.NONE, step -> {});
      calls.awaitCalls();
      assertThat(version()).isEqualTo(one.to());
      // Other tests want one that is not.
      swap(jar().write(next()), new ArrayList<>());
      calls.awaitCalls();
      assertThat(calls.failures()).isEmpty();
    }
  }

  @Test
  public void badJars_areRefusedAndLeaveAllAsItWas() throws Exception {
    Path whole = jar().write(next());
    byte[] bytes = Files.readAllBytes(whole);
    Path torn = Files.write(whole.resolveSibling("torn.jar"), java.util.Arrays.copyOf(bytes, 999));
    Path needy = jar().importing("gantry.nowhere").write(next());
    String version = version();
    int bundles = context.getBundles().length;
    try (Repeated calls = new Repeated(calls())) {
      assertThatThrownBy(() -> swap(torn, new ArrayList<>()))
          .isInstanceOf(InvalidArgumentException.class);
      assertThatThrownBy(() -> swap(needy, new ArrayList<>()))
          .isInstanceOfAny(FailedPreconditionException.class, InvalidArgumentException.class)
          .isInstanceOf(GantryException.class)
          .hasMessageContaining("gantry.nowhere");
      calls.awaitCalls();

      assertThat(calls.failures()).isEmpty();
    }
    assertThat(version()).isEqualTo(version);
    assertThat(context.getBundles()).hasSize(bundles);
    assertThat(changes.history().getLast().outcome()).isNotEqualTo(Outcome.DONE);
    assertThat(changes.history().getLast().problem()).contains("gantry.nowhere");
  }

  @Test
  public void rehearsal_changesNothing() throws Exception {
    Path jar = jar().write(next());
    String version = version();
    int bundles = context.getBundles().length;

    PluginChange change =
        changes.swap(
            new BundleSource(jar.toString(), ""), new ChangeOptions(true, false), step -> {});

    assertThat(change.outcome()).isEqualTo(Outcome.REHEARSED);
    assertThat(version()).isEqualTo(version);
    assertThat(context.getBundles()).hasSize(bundles);
  }

  private PluginChange swap(Path jar, List<ChangeStep.Name> steps) {
    return changes.swap(
        new BundleSource(jar.toString(), ""), ChangeOptions.NONE, step -> steps.add(step.name()));
  }

  private Repeated.Call calls() throws Exception {
    Handle<Snapshotter> handle = new Plugins(context).handle(Snapshotter.class, NATIVE);
    return () -> {
      String key = "swap-" + SERIAL.incrementAndGet();
      handle.run(all -> all.prepare(key, "", Labels.none()));
      handle.run(all -> all.remove(key));
    };
  }

  private String version() {
    return changes.bundles().stream()
        .filter(bundle -> bundle.name().equals(NATIVE_BUNDLE))
        .map(PluginBundle::version)
        .findFirst()
        .orElseThrow();
  }

  private static StampedJar jar() throws IOException {
    return new StampedJar(NATIVE_BUNDLE, Installation.directory(SPACE).resolve("jars"));
  }

  /** Each is newer than the one before. */
  private static String next() {
    return "0.2." + SERIAL.incrementAndGet();
  }
}
