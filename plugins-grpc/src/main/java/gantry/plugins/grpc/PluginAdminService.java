// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.grpc;

import gantry.errors.UnavailableException;
import gantry.plugins.Handle;
import gantry.plugins.OutlivingCalls;
import gantry.plugins.Plugin;
import gantry.plugins.PluginChanges;
import gantry.plugins.PluginGuide;
import gantry.plugins.PluginInventory;
import gantry.plugins.PluginSettings;
import gantry.plugins.PluginTraffic;
import gantry.wire.PluginAdminWire;
import gantry.wire.PluginChangeWire;
import io.gantry.admin.v1.BundlesRequest;
import io.gantry.admin.v1.BundlesResponse;
import io.gantry.admin.v1.ChangeResponse;
import io.gantry.admin.v1.GraphRequest;
import io.gantry.admin.v1.GraphResponse;
import io.gantry.admin.v1.HistoryRequest;
import io.gantry.admin.v1.HistoryResponse;
import io.gantry.admin.v1.JarRequest;
import io.gantry.admin.v1.ListPluginsRequest;
import io.gantry.admin.v1.ListPluginsResponse;
import io.gantry.admin.v1.NameRequest;
import io.gantry.admin.v1.PluginsGrpc;
import io.gantry.admin.v1.ReloadRequest;
import io.gantry.admin.v1.ReloadResponse;
import io.gantry.admin.v1.TrafficRequest;
import io.gantry.admin.v1.TrafficResponse;
import io.gantry.admin.v1.WhyRequest;
import io.gantry.admin.v1.WhyResponse;
import io.grpc.BindableService;
import io.grpc.ServerServiceDefinition;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;

/**
 * The service that shows and changes the plugins. A change may replace the very code that answers
 * it: all it calls is the kernel's, so it goes on to its end in the version that is leaving.
 */
@Component(name = PluginAdminService.PLUGIN, immediate = true)
@Plugin(PluginAdminService.PLUGIN)
@OutlivingCalls({"Swap", "Install", "Rollback", "Remove", "Reload"})
public final class PluginAdminService implements BindableService {
  static final String PLUGIN = "io.gantry.grpc.v1.plugins";

  private final Replies replies = new Replies();
  private final PluginInventory inventory;
  private final PluginChanges changes;
  private final PluginSettings settings;
  private final PluginTraffic traffic;
  private final AtomicReference<@Nullable Handle<PluginGuide>> guide = new AtomicReference<>();

  /** Serves the kernel. */
  @Activate
  public PluginAdminService(
      @Reference PluginInventory inventory,
      @Reference PluginChanges changes,
      @Reference PluginSettings settings,
      @Reference PluginTraffic traffic) {
    this.inventory = inventory;
    this.changes = changes;
    this.settings = settings;
    this.traffic = traffic;
  }

  /** Without a guide everything else can be asked for. */
  @Reference(
      target = "(contract=gantry.plugins.PluginGuide)",
      cardinality = ReferenceCardinality.OPTIONAL,
      policy = ReferencePolicy.DYNAMIC)
  void bindGuide(Handle<PluginGuide> found) {
    guide.set(found);
  }

  void unbindGuide(Handle<PluginGuide> gone) {
    guide.compareAndSet(gone, null);
  }

  @Override
  public ServerServiceDefinition bindService() {
    return ServerServiceDefinition.builder(PluginsGrpc.getServiceDescriptor())
        .addMethod(PluginsGrpc.getListMethod(), replies.unary(this::list))
        .addMethod(PluginsGrpc.getBundlesMethod(), replies.unary(this::bundles))
        .addMethod(PluginsGrpc.getSwapMethod(), replies.streaming(this::swap))
        .addMethod(PluginsGrpc.getInstallMethod(), replies.streaming(this::install))
        .addMethod(PluginsGrpc.getRollbackMethod(), replies.streaming(this::rollback))
        .addMethod(PluginsGrpc.getRemoveMethod(), replies.streaming(this::remove))
        .addMethod(PluginsGrpc.getHistoryMethod(), replies.unary(this::history))
        .addMethod(PluginsGrpc.getWhyMethod(), replies.unary(this::why))
        .addMethod(PluginsGrpc.getGraphMethod(), replies.unary(this::graph))
        .addMethod(PluginsGrpc.getReloadMethod(), replies.unary(this::reload))
        .addMethod(PluginsGrpc.getTrafficMethod(), replies.unary(this::traffic))
        .build();
  }

  private ListPluginsResponse list(CallHeaders headers, ListPluginsRequest request) {
    return ListPluginsResponse.newBuilder()
        .addAllPlugins(inventory.details().stream().map(PluginAdminWire::encode).toList())
        .build();
  }

  private BundlesResponse bundles(CallHeaders headers, BundlesRequest request) {
    return BundlesResponse.newBuilder()
        .addAllBundles(changes.bundles().stream().map(PluginAdminWire::encode).toList())
        .build();
  }

  private void swap(CallHeaders headers, JarRequest request, Sink<ChangeResponse> answers)
      throws InterruptedException {
    ChangeReport.to(
        answers,
        steps ->
            changes.swap(
                PluginChangeWire.decode(request),
                PluginChangeWire.decode(request.getFlags()),
                steps));
  }

  private void install(CallHeaders headers, JarRequest request, Sink<ChangeResponse> answers)
      throws InterruptedException {
    ChangeReport.to(
        answers,
        steps ->
            changes.install(
                PluginChangeWire.decode(request),
                PluginChangeWire.decode(request.getFlags()),
                steps));
  }

  private void rollback(CallHeaders headers, NameRequest request, Sink<ChangeResponse> answers)
      throws InterruptedException {
    ChangeReport.to(
        answers,
        steps ->
            changes.rollback(
                request.getName(), PluginChangeWire.decode(request.getFlags()), steps));
  }

  private void remove(CallHeaders headers, NameRequest request, Sink<ChangeResponse> answers)
      throws InterruptedException {
    ChangeReport.to(
        answers,
        steps ->
            changes.remove(request.getName(), PluginChangeWire.decode(request.getFlags()), steps));
  }

  private HistoryResponse history(CallHeaders headers, HistoryRequest request) {
    return HistoryResponse.newBuilder()
        .addAllChanges(changes.history().stream().map(PluginChangeWire::encode).toList())
        .build();
  }

  private WhyResponse why(CallHeaders headers, WhyRequest request) {
    String plugin = request.getPlugin();
    String text = guide("explain plugin " + plugin).call(g -> g.why(plugin));
    return WhyResponse.newBuilder().setText(text).build();
  }

  private GraphResponse graph(CallHeaders headers, GraphRequest request) {
    PluginGuide.Format format = PluginAdminWire.decode(request);
    String text = guide("draw plugins").call(g -> g.graph(format));
    return GraphResponse.newBuilder().setText(text).build();
  }

  private Handle<PluginGuide> guide(String what) {
    Handle<PluginGuide> found = guide.get();
    if (found == null) {
      throw new UnavailableException(
          what + ": no plugin that can is there; install the bundle gantry.plugins.explain");
    }
    return found;
  }

  private ReloadResponse reload(CallHeaders headers, ReloadRequest request) {
    return ReloadResponse.newBuilder()
        .addAllDifferences(
            settings.reload(request.getDryRun()).stream().map(PluginAdminWire::encode).toList())
        .build();
  }

  private TrafficResponse traffic(CallHeaders headers, TrafficRequest request) {
    return TrafficResponse.newBuilder()
        .addAllHandles(traffic.handles().stream().map(PluginAdminWire::encode).toList())
        .build();
  }
}
