// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.metrics;

import gantry.metrics.CallCounters;
import gantry.metrics.MetricFamily;
import gantry.metrics.MetricSample;
import gantry.metrics.MetricSource;
import gantry.plugins.Handle;
import gantry.plugins.Plugin;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.ToLongFunction;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** The calls of gRPC clients, under the names that servers in Go give them. */
@Component(name = GrpcPrometheus.PLUGIN, service = MetricSource.class, immediate = true)
@Plugin(value = GrpcPrometheus.PLUGIN, plugin_requires = "io.containerd.grpc.v1")
public final class GrpcPrometheus implements MetricSource {
  static final String PLUGIN = "io.containerd.metrics.v1.grpc-prometheus";

  /** The keys of the plugin's table. */
  @interface Config {
    /** Whether to tell how long calls take. */
    boolean grpcHistogram() default false;
  }

  private final Handle<CallCounters> server;
  private final boolean hasHistogram;

  /** Asks the server at each scrape. */
  @Activate
  public GrpcPrometheus(
      @Reference(service = Handle.class, target = "(contract=gantry.metrics.CallCounters)")
          Handle<CallCounters> server,
      Config config) {
    this(server, config.grpcHistogram());
  }

  GrpcPrometheus(Handle<CallCounters> server, boolean hasHistogram) {
    this.server = server;
    this.hasHistogram = hasHistogram;
  }

  @Override
  public List<MetricFamily> metrics() {
    List<CallCounters.CallCount> calls = server.call(CallCounters::calls);
    List<MetricFamily> families = new ArrayList<>();
    families.add(counter("started", "calls that began", calls, CallCounters.CallCount::started));
    families.add(
        counter("msg_received", "messages from clients", calls, CallCounters.CallCount::received));
    families.add(counter("msg_sent", "messages to clients", calls, CallCounters.CallCount::sent));
    families.add(ended(calls));
    if (hasHistogram) {
      families.add(took(calls));
    }
    return families;
  }

  private static MetricFamily counter(
      String name,
      String help,
      List<CallCounters.CallCount> calls,
      ToLongFunction<CallCounters.CallCount> value) {
    return new MetricFamily(
        "grpc_server_%s_total".formatted(name),
        MetricFamily.Type.COUNTER,
        help,
        calls.stream()
            .map(call -> MetricSample.of(labels(call), (double) value.applyAsLong(call)))
            .toList());
  }

  private static MetricFamily ended(List<CallCounters.CallCount> calls) {
    List<MetricSample> samples = new ArrayList<>();
    for (CallCounters.CallCount call : calls) {
      new TreeMap<>(call.ended())
          .forEach(
              (code, times) -> {
                SortedMap<String, String> labels = labels(call);
                labels.put("grpc_code", code);
                samples.add(MetricSample.of(labels, times));
              });
    }
    return new MetricFamily(
        "grpc_server_handled_total",
        MetricFamily.Type.COUNTER,
        "calls that ended, by the status they ended with",
        samples);
  }

  private static MetricFamily took(List<CallCounters.CallCount> calls) {
    return new MetricFamily(
        "grpc_server_handling_seconds",
        MetricFamily.Type.HISTOGRAM,
        "how long calls took that ended",
        calls.stream().flatMap(call -> call.took().samples(labels(call)).stream()).toList());
  }

  private static SortedMap<String, String> labels(CallCounters.CallCount call) {
    return new TreeMap<>(
        Map.of(
            "grpc_type", call.kind(),
            "grpc_service", call.service(),
            "grpc_method", call.method()));
  }
}
