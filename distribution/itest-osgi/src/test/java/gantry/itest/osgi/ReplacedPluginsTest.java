// SPDX-License-Identifier: Apache-2.0
package gantry.itest.osgi;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gantry.content.ContentStore;
import gantry.content.ContentWriter;
import gantry.content.IngestRequest;
import gantry.errors.UnavailableException;
import gantry.labels.Labels;
import gantry.metadata.Caller;
import gantry.metadata.Metadata;
import gantry.names.Namespace;
import gantry.oci.Digest;
import gantry.plugins.Handle;
import gantry.snapshots.Snapshotter;
import java.io.IOException;
import java.io.InputStream;
import java.lang.ref.PhantomReference;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import javax.inject.Inject;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerClass;
import org.ops4j.pax.exam.util.Filter;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;

/**
 * Plugins in a plain framework are stopped, updated and removed while others hold their handles.
 * Each test leaves all of them as they were.
 */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class ReplacedPluginsTest {
  private static final String CONTENT = "io.containerd.content.v1.content";
  private static final String NATIVE = "io.containerd.snapshotter.v1.native";
  private static final String NATIVE_BUNDLE = "gantry.plugins.snapshotter.native";
  private static final int STOPS = 10;
  private static final int UPDATES = 20;
  private static final int COLLECTIONS = 50;
  private static final long COLLECTION_MILLIS = 200;

  @Inject private BundleContext context;

  @Inject
  @Filter("(contract=gantry.metadata.Metadata)")
  private Handle<Metadata> metadata;

  /** Called by Pax Exam outside the framework. */
  @Configuration
  public Option[] framework() throws IOException {
    return new Option[] {Installation.framework("r")};
  }

  @Test
  public void stopAndStart_underCallers_failsNoCall() throws Exception {
    Plugins plugins = new Plugins(context);
    Bundle bundle = plugins.bundle("gantry.plugins.content");
    Handle<ContentStore> content = plugins.handle(ContentStore.class, CONTENT);
    Caller caller = Caller.of(new Namespace("caller"));
    Digest digest = metadata.call(all -> put(all.in(caller).content()));

    try (Repeated direct = new Repeated(() -> content.run(store -> store.info(digest)));
        Repeated named =
            new Repeated(() -> metadata.run(all -> all.in(caller).content().info(digest)))) {
      for (int i = 0; i < STOPS; i++) {
        bundle.stop();
        direct.awaitWaiting();
        bundle.start();
        direct.awaitCalls();
        named.awaitCalls();
      }

      assertThat(direct.failures()).isEmpty();
      assertThat(named.failures()).isEmpty();
    }
  }

  @Test
  public void call_ofAnUninstalledPlugin_namesIt() throws Exception {
    Plugins plugins = new Plugins(context);
    Bundle bundle = plugins.bundle(NATIVE_BUNDLE);
    String location = bundle.getLocation();
    Handle<Snapshotter> handle = plugins.handle(Snapshotter.class, NATIVE);

    bundle.uninstall();
    try {
      assertThatThrownBy(() -> handle.call(all -> all.stat("x")))
          .isInstanceOf(UnavailableException.class)
          .hasMessageContaining(NATIVE)
          .hasMessageContaining("no such plugin is installed");
      assertThat(plugins.handles(NATIVE)).isEmpty();
    } finally {
      context.installBundle(location).start();
    }
    Handle<Snapshotter> back = plugins.handle(Snapshotter.class, NATIVE);
    back.run(all -> all.prepare("again", "", Labels.none()));
    back.run(all -> all.remove("again"));
  }

  @Test
  public void updates_leaveOneProviderAndNoOldCode() throws Exception {
    Plugins plugins = new Plugins(context);
    Bundle bundle = plugins.bundle(NATIVE_BUNDLE);
    Handle<Snapshotter> handle = plugins.handle(Snapshotter.class, NATIVE);
    int services = services();
    int handles = plugins.handles(NATIVE).size();
    ReferenceQueue<ClassLoader> collected = new ReferenceQueue<>();
    Set<Reference<ClassLoader>> old = new HashSet<>();

    for (int i = 0; i < UPDATES; i++) {
      old.add(new PhantomReference<>(handle.call(ReplacedPluginsTest::loader), collected));
      try (InputStream jar = URI.create(bundle.getLocation()).toURL().openStream()) {
        bundle.update(jar);
      }
      String key = "update-" + i;
      handle.run(all -> all.prepare(key, "", Labels.none()));
      handle.run(all -> all.remove(key));
    }

    assertThat(plugins.providers(Snapshotter.class, NATIVE)).hasSize(1);
    assertThat(plugins.handles(NATIVE)).hasSize(handles);
    assertThat(plugins.handle(Snapshotter.class, NATIVE)).isSameAs(handle);
    assertThat(services()).isEqualTo(services);
    assertThat(remaining(old, collected)).isZero();
  }

  private static ClassLoader loader(Snapshotter provider) {
    return provider.getClass().getClassLoader();
  }

  /** How many versions are still in memory once the collector had its chances. */
  private static int remaining(
      Set<Reference<ClassLoader>> old, ReferenceQueue<ClassLoader> collected)
      throws InterruptedException {
    for (int i = 0; i < COLLECTIONS && !old.isEmpty(); i++) {
      System.gc();
      Reference<? extends ClassLoader> gone = collected.remove(COLLECTION_MILLIS);
      while (gone != null) {
        old.remove(gone);
        gone = collected.poll();
      }
    }
    return old.size();
  }

  /** How many services there are in the framework, of anybody. */
  private int services() {
    return Arrays.stream(context.getBundles())
        .map(Bundle::getRegisteredServices)
        .mapToInt(services -> services == null ? 0 : services.length)
        .sum();
  }

  private static Digest put(ContentStore store) throws IOException {
    byte[] bytes = "asked for again and again".getBytes(UTF_8);
    try (ContentWriter writer = store.writer(new IngestRequest("ref", bytes.length, null))) {
      writer.write(ByteBuffer.wrap(bytes));
      return writer.commit(bytes.length, null, Labels.none());
    }
  }
}
