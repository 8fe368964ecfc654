// SPDX-License-Identifier: Apache-2.0
package gantry.itest.osgi;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.Assume.assumeFalse;

import gantry.content.ContentReader;
import gantry.content.ContentStore;
import gantry.content.ContentWriter;
import gantry.content.IngestRequest;
import gantry.diff.Differ;
import gantry.errors.NotFoundException;
import gantry.gc.GarbageCollector;
import gantry.labels.Labels;
import gantry.metadata.Caller;
import gantry.metadata.Metadata;
import gantry.mounts.Mount;
import gantry.names.Namespace;
import gantry.networks.Networks;
import gantry.oci.Digest;
import gantry.plugins.Handle;
import gantry.plugins.PluginInventory;
import gantry.plugins.PluginStatus;
import gantry.plugins.PluginStatus.State;
import gantry.runtime.TaskManager;
import gantry.runtime.TaskRuntime;
import gantry.snapshots.SnapshotKind;
import gantry.snapshots.Snapshotter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
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
import org.osgi.framework.ServiceReference;
import org.osgi.framework.namespace.PackageNamespace;
import org.osgi.framework.wiring.BundleWiring;

/** The plugins that ship, installed from their jars in a plain framework: they start and serve. */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class ShippedPluginsTest {
  private static final String NATIVE = "io.containerd.snapshotter.v1.native";
  private static final String OVERLAY = "io.containerd.snapshotter.v1.overlayfs";
  private static final String COMPONENT = "OSGI-INF/";
  private static final String DESCRIPTION = ".xml";

  @Inject private BundleContext context;
  @Inject private PluginInventory inventory;

  @Inject
  @Filter("(contract=gantry.metadata.Metadata)")
  private Handle<Metadata> metadata;

  /** Called by Pax Exam outside the framework. */
  @Configuration
  public Option[] framework() throws IOException {
    return new Option[] {Installation.framework("s")};
  }

  /** Each manifest resolves in a framework that knows nothing of how a daemon is assembled. */
  @Test
  public void shippedBundles_resolveAndStart() throws IOException {
    assertThat(Installation.bundles()).isNotEmpty();
    for (Path jar : Installation.bundles()) {
      Bundle bundle = context.getBundle(jar.toUri().toString());
      assertThat(bundle).as(jar.toString()).isNotNull();
      assertThat(bundle.getState()).as(jar.toString()).isEqualTo(Bundle.ACTIVE);
    }
  }

  /** A plugin's code comes from its jar alone, and nobody else can see it. */
  @Test
  public void pluginBundles_runFromTheirOwnJar() throws ClassNotFoundException {
    List<Bundle> bundles = new Plugins(context).bundles();
    assertThat(bundles).isNotEmpty();
    for (Bundle bundle : bundles) {
      BundleWiring wiring = bundle.adapt(BundleWiring.class);
      String resource =
          wiring
              .listResources(
                  "gantry/plugins",
                  "*.class",
                  BundleWiring.LISTRESOURCES_LOCAL | BundleWiring.LISTRESOURCES_RECURSE)
              .stream()
              .filter(name -> !name.endsWith("package-info.class"))
              .findFirst()
              .orElseThrow();
      String name = resource.substring(0, resource.lastIndexOf('.')).replace('/', '.');
      assertThat(bundle.loadClass(name).getClassLoader()).isSameAs(wiring.getClassLoader());
      assertThat(wiring.getCapabilities(PackageNamespace.PACKAGE_NAMESPACE))
          .as(bundle.getSymbolicName())
          .isEmpty();
    }
  }

  /** Every component that a jar declares serves, or says what the host lacks. */
  @Test
  public void plugins_serveOrSayWhatTheHostLacks() {
    Map<String, PluginStatus> known = new TreeMap<>();
    inventory.plugins().forEach(plugin -> known.put(plugin.uri().toString(), plugin));
    for (Bundle bundle : new Plugins(context).bundles()) {
      for (String file : bundle.getHeaders().get("Service-Component").split(",", -1)) {
        String name = file.substring(COMPONENT.length(), file.length() - DESCRIPTION.length());
        if (name.startsWith("io.containerd.")) {
          assertThat(known)
              .hasEntrySatisfying(
                  name,
                  status -> assertThat(status.state()).as("%s", status).isNotEqualTo(State.ERROR));
        }
      }
    }
  }

  @Test
  public void kernel_publishesHandles() throws Exception {
    Map<Class<?>, String> expected =
        Map.of(
            ContentStore.class, "io.containerd.content.v1.content",
            Differ.class, "io.containerd.differ.v1.walking",
            GarbageCollector.class, "io.containerd.gc.v1.scheduler",
            Metadata.class, "io.containerd.metadata.v1.bolt",
            Networks.class, "io.containerd.internal.v1.cni",
            Snapshotter.class, NATIVE,
            TaskManager.class, "io.containerd.runtime.v2.task",
            TaskRuntime.class, "io.containerd.shim.v1.manager");
    Plugins plugins = new Plugins(context);
    for (Map.Entry<Class<?>, String> one : expected.entrySet()) {
      assertThat(plugins.handle(one.getKey(), one.getValue()).plugin()).isEqualTo(one.getValue());
      for (ServiceReference<?> handle : plugins.handles(one.getValue())) {
        assertThat(handle.getBundle().getSymbolicName()).isEqualTo("gantry.kernel.boot");
      }
    }
  }

  @Test
  public void nativeSnapshotter_servesThroughItsHandle() throws Exception {
    serve(new Plugins(context).handle(Snapshotter.class, NATIVE), "bind");
  }

  @Test
  public void overlaySnapshotter_servesThroughItsHandle() throws Exception {
    for (PluginStatus plugin : inventory.plugins()) {
      assumeFalse(
          plugin.reason(), plugin.uri().toString().equals(OVERLAY) && plugin.state() == State.SKIP);
    }
    serve(new Plugins(context).handle(Snapshotter.class, OVERLAY), "overlay");
  }

  @Test
  public void ingest_isSeenInItsNamespaceOnly() throws Exception {
    byte[] bytes = "what a caller wrote".getBytes(UTF_8);
    Caller caller = Caller.of(new Namespace("writer"));
    Digest digest =
        metadata.call(
            all -> {
              IngestRequest request = new IngestRequest("ref", bytes.length, null);
              try (ContentWriter writer = all.in(caller).content().writer(request)) {
                writer.write(ByteBuffer.wrap(bytes));
                return writer.commit(bytes.length, Digest.sha256(bytes), Labels.none());
              }
            });

    ByteBuffer read = ByteBuffer.allocate(bytes.length + 1);
    metadata.run(
        all -> {
          try (ContentReader reader = all.in(caller).content().reader(digest)) {
            reader.read(read, 0);
          }
        });
    assertThat(read.flip()).isEqualTo(ByteBuffer.wrap(bytes));
    Caller other = Caller.of(new Namespace("other"));
    assertThatThrownBy(() -> metadata.call(all -> all.in(other).content().info(digest)))
        .isInstanceOf(NotFoundException.class);
  }

  private static void serve(Handle<Snapshotter> handle, String type) throws IOException {
    handle.run(all -> all.prepare("base-key", "", Labels.none()));
    handle.run(all -> all.commit("base", "base-key", "", Labels.none()));
    List<Mount> mounts = handle.call(all -> all.prepare("top", "base", Labels.none()));
    SnapshotKind kind = handle.call(all -> all.stat("base").kind());

    assertThat(kind).isEqualTo(SnapshotKind.COMMITTED);
    assertThat(mounts).hasSize(1);
    assertThat(mounts.getFirst().type()).isEqualTo(type);
    handle.run(all -> all.remove("top"));
    handle.run(all -> all.remove("base"));
    assertThatThrownBy(() -> handle.call(all -> all.stat("base")))
        .isInstanceOf(NotFoundException.class);
  }
}
