// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.grpc;

import com.google.protobuf.Timestamp;
import containerd.services.diff.v1.ApplyRequest;
import containerd.services.diff.v1.ApplyResponse;
import containerd.services.diff.v1.DiffGrpc;
import containerd.services.diff.v1.DiffRequest;
import containerd.services.diff.v1.DiffResponse;
import gantry.diff.DiffOptions;
import gantry.diff.Differ;
import gantry.errors.UnimplementedException;
import gantry.labels.Labels;
import gantry.oci.Descriptor;
import gantry.plugins.Handle;
import gantry.plugins.Plugin;
import gantry.plugins.PluginInventory;
import gantry.wire.AnyWire;
import gantry.wire.DescriptorWire;
import gantry.wire.MountWire;
import gantry.wire.TimestampWire;
import io.grpc.BindableService;
import io.grpc.ServerServiceDefinition;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;

/** The diff service: asks the differs in order until one takes the request. */
@Component(name = DiffService.PLUGIN, immediate = true)
@Plugin(value = DiffService.PLUGIN, plugin_requires = "io.containerd.differ.v1")
public final class DiffService implements BindableService {
  static final String PLUGIN = "io.containerd.grpc.v1.diff";

  /** Configuration of the service. */
  public @interface Config {
    /** Ids of differs to ask first, in order; those not named follow by name. */
    String[] order() default {"walking"};

    /** Whether every layer is made durable when it is applied, whatever the client asks. */
    boolean sync__fs() default false;
  }

  private final Replies replies = new Replies();
  private final List<Handle<Differ>> differs = new CopyOnWriteArrayList<>();
  private final List<String> order;
  private final boolean sync;
  private volatile Supplier<String> absent = () -> "";

  /** Serves the differs that come. */
  @Activate
  public DiffService(Config config) {
    this(List.of(config.order()), config.sync__fs());
  }

  DiffService(List<String> order, boolean sync) {
    this.order = order;
    this.sync = sync;
  }

  /** Whoever misses a differ wants to know why it is not there. */
  @Reference
  void setInventory(PluginInventory inventory) {
    absent = () -> inventory.absent(Differ.class.getName(), "");
  }

  @Reference(
      target = "(contract=gantry.diff.Differ)",
      cardinality = ReferenceCardinality.MULTIPLE,
      policy = ReferencePolicy.DYNAMIC)
  void bindDiffer(Handle<Differ> differ) {
    differs.add(differ);
  }

  void unbindDiffer(Handle<Differ> differ) {
    differs.remove(differ);
  }

  @Override
  public ServerServiceDefinition bindService() {
    return ServerServiceDefinition.builder(DiffGrpc.getServiceDescriptor())
        .addMethod(DiffGrpc.getApplyMethod(), replies.unary(this::apply))
        .addMethod(DiffGrpc.getDiffMethod(), replies.unary(this::diff))
        .build();
  }

  private ApplyResponse apply(CallHeaders headers, ApplyRequest request) throws IOException {
    var caller = headers.caller();
    Descriptor layer = DescriptorWire.decode(request.getDiff());
    var mounts = MountWire.decodeAll(request.getMountsList());
    var payloads = AnyWire.decode(request.getPayloadsMap());
    boolean durable = sync || request.getSyncFs();
    Descriptor applied = first(differ -> differ.apply(caller, layer, mounts, payloads, durable));
    return ApplyResponse.newBuilder().setApplied(DescriptorWire.encode(applied)).build();
  }

  private DiffResponse diff(CallHeaders headers, DiffRequest request) throws IOException {
    var caller = headers.caller();
    var lower = MountWire.decodeAll(request.getLeftList());
    var upper = MountWire.decodeAll(request.getRightList());
    Timestamp epoch = request.getSourceDateEpoch();
    DiffOptions options =
        new DiffOptions(
            request.getMediaType(),
            request.getRef(),
            Labels.of(request.getLabelsMap()),
            request.hasSourceDateEpoch() ? TimestampWire.decode(epoch) : null);
    Descriptor made = first(differ -> differ.compare(caller, lower, upper, options));
    return DiffResponse.newBuilder().setDiff(DescriptorWire.encode(made)).build();
  }

  private Descriptor first(Handle.Call<Differ, Descriptor, IOException> call) throws IOException {
    UnimplementedException refused = null;
    for (Handle<Differ> differ : inOrder()) {
      try (Handle.Lease<Differ> lease = differ.lease()) {
        return call.on(lease.get());
      } catch (UnimplementedException notMine) {
        refused = notMine;
      }
    }
    if (refused != null) {
      throw refused;
    }
    throw new UnimplementedException("diff: no differ is there" + absent.get());
  }

  private List<Handle<Differ>> inOrder() {
    return differs.stream()
        .sorted(Comparator.<Handle<Differ>>comparingInt(this::rank).thenComparing(Handle::plugin))
        .toList();
  }

  private int rank(Handle<Differ> differ) {
    String plugin = differ.plugin();
    int index = order.indexOf(plugin.substring(plugin.lastIndexOf('.') + 1));
    return index < 0 ? Integer.MAX_VALUE : index;
  }
}
