// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.grpc;

import gantry.filters.Filter;
import gantry.metadata.Caller;
import gantry.metadata.Garbage;
import gantry.metadata.GcStats;
import gantry.metadata.Metadata;
import gantry.oci.Digest;
import gantry.plugins.Handle;
import gantry.plugins.Plugin;
import gantry.wire.AdminWire;
import io.gantry.admin.v1.AdminGrpc;
import io.gantry.admin.v1.CollectRequest;
import io.gantry.admin.v1.CollectResponse;
import io.gantry.admin.v1.DiskUsageRequest;
import io.gantry.admin.v1.DiskUsageResponse;
import io.gantry.admin.v1.VerifyContentRequest;
import io.gantry.admin.v1.VerifyContentResponse;
import io.grpc.BindableService;
import io.grpc.ServerServiceDefinition;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** The admin service: garbage, damage and disk use. */
@Component(name = AdminService.PLUGIN, immediate = true)
@Plugin(value = AdminService.PLUGIN, plugin_requires = "io.containerd.metadata.v1")
public final class AdminService implements BindableService {
  static final String PLUGIN = "io.gantry.grpc.v1.admin";

  private final Replies replies = new Replies();

  /** To look through all there is, or to remove it. */
  private static final Duration WHOLE = Duration.ofHours(1);

  private final Handle<Metadata> metadata;

  /** Serves the metadata plugin. */
  @Activate
  public AdminService(
      @Reference(target = "(contract=gantry.metadata.Metadata)") Handle<Metadata> metadata) {
    this.metadata = metadata;
  }

  @Override
  public ServerServiceDefinition bindService() {
    return ServerServiceDefinition.builder(AdminGrpc.getServiceDescriptor())
        .addMethod(AdminGrpc.getCollectMethod(), replies.streaming(this::collect))
        .addMethod(AdminGrpc.getVerifyContentMethod(), replies.streaming(this::verify))
        .addMethod(AdminGrpc.getDiskUsageMethod(), replies.unary(this::usage))
        .build();
  }

  /** A client that reads slowly must not hold up the collection, so that ends first. */
  private void collect(CallHeaders headers, CollectRequest request, Sink<CollectResponse> answers)
      throws IOException, InterruptedException {
    List<Garbage> removed = new ArrayList<>();
    GcStats stats;
    if (request.getDryRun()) {
      long start = System.nanoTime();
      removed.addAll(metadata.within(WHOLE).<List<Garbage>, IOException>call(Metadata::plan));
      stats = new GcStats(counts(removed), Duration.ofNanos(System.nanoTime() - start));
    } else {
      stats = metadata.within(WHOLE).<GcStats, IOException>call(m -> m.collect(removed::add));
    }
    for (Garbage garbage : removed) {
      answers.send(AdminWire.encode(garbage));
    }
    answers.send(AdminWire.encode(stats));
  }

  private static Map<String, Integer> counts(List<Garbage> garbage) {
    Map<String, Integer> counts = new TreeMap<>();
    garbage.stream()
        .filter(object -> !object.namespace().isEmpty())
        .forEach(object -> counts.merge(object.type(), 1, Integer::sum));
    return counts;
  }

  private void verify(
      CallHeaders headers, VerifyContentRequest request, Sink<VerifyContentResponse> answers)
      throws IOException, InterruptedException {
    Caller caller = headers.caller();
    BlobCheck check = new BlobCheck(metadata, caller);
    for (Digest digest : digests(caller, request)) {
      answers.send(check.of(digest));
    }
  }

  private List<Digest> digests(Caller caller, VerifyContentRequest request) throws IOException {
    List<Digest> digests = new ArrayList<>();
    if (request.getDigestsCount() > 0) {
      request.getDigestsList().forEach(digest -> digests.add(Digest.parse(digest)));
    } else {
      metadata.run(
          m -> m.in(caller).content().walk(Filter.ALL, blob -> digests.add(blob.digest())));
    }
    return digests;
  }

  private DiskUsageResponse usage(CallHeaders headers, DiskUsageRequest request)
      throws IOException {
    return AdminWire.encode(metadata.within(WHOLE).call(Metadata::usage));
  }
}
