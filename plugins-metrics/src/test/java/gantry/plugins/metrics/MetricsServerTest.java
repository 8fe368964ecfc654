// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gantry.errors.InvalidArgumentException;
import gantry.errors.UnavailableException;
import gantry.labels.Labels;
import gantry.metadata.Metadata;
import gantry.metrics.CallCounters;
import gantry.metrics.CallCounters.CallCount;
import gantry.metrics.Histogram;
import gantry.metrics.MetricFamily;
import gantry.metrics.MetricSample;
import gantry.metrics.MetricSource;
import gantry.names.Namespace;
import gantry.namespaces.NamespaceInfo;
import gantry.namespaces.Namespaces;
import gantry.plugins.DaemonInfo;
import gantry.plugins.HandleStatus;
import gantry.runtime.TaskManager;
import gantry.runtime.TaskMetric;
import gantry.testkit.FixedHandle;
import gantry.wire.AnyWire;
import io.containerd.cgroups.v1.MemoryEntry;
import io.containerd.cgroups.v1.MemoryStat;
import io.containerd.cgroups.v1.Metrics;
import java.io.IOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class MetricsServerTest {
  private static final DaemonInfo DAEMON = new DaemonInfo("v2.3.4", "abc", "uuid", 1);

  private final CountDownLatch never = new CountDownLatch(1);

  private static <T> T proxy(Class<T> type, InvocationHandler handler) {
    return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
  }

  private static Object unexpected(Method method) {
    throw new UnsupportedOperationException(method.toString());
  }

  private static Metadata metadata() {
    Namespaces namespaces =
        proxy(
            Namespaces.class,
            (_, _, _) ->
                List.of(
                    new NamespaceInfo("good", Labels.none()),
                    new NamespaceInfo("hangs", Labels.none()),
                    new NamespaceInfo("fails", Labels.none())));
    return proxy(
        Metadata.class,
        (_, method, _) ->
            switch (method.getName()) {
              case "namespaces" -> namespaces;
              case "in" -> throw new UnavailableException("no records");
              default -> unexpected(method);
            });
  }

  private TaskManager tasks() {
    Metrics metrics =
        Metrics.newBuilder()
            .setMemory(
                MemoryStat.newBuilder()
                    .setRss(4096)
                    .setUsage(MemoryEntry.newBuilder().setLimit(-1)))
            .build();
    return proxy(
        TaskManager.class,
        (_, method, arguments) ->
            switch (((Namespace) arguments[0]).name()) {
              case "good" -> List.of(new TaskMetric(Instant.now(), "web", AnyWire.typed(metrics)));
              case "hangs" -> hang();
              case "fails" -> throw new UnavailableException("no runtime");
              default -> unexpected(method);
            });
  }

  private List<TaskMetric> hang() throws InterruptedException {
    never.await();
    return List.of();
  }

  private MetricsServer server() throws IOException {
    HandleStatus handle =
        new HandleStatus(
            "io.containerd.x.v1.y",
            "gantry.X",
            1,
            1024,
            7,
            0,
            0,
            true,
            Duration.ZERO,
            Duration.ZERO);
    return new MetricsServer(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
        List.of(
            new ProcessNumbers(DAEMON, Path.of("/proc/self")),
            new HandleNumbers(() -> List.of(handle))),
        new TaskNumbers(FixedHandle.of(metadata()), FixedHandle.of(tasks())),
        (_, _) -> Duration.ofMillis(200));
  }

  private static HttpResponse<String> get(MetricsServer server, String method, String path)
      throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      URI uri = URI.create("http://127.0.0.1:%d%s".formatted(server.address().getPort(), path));
      return client.send(
          HttpRequest.newBuilder(uri)
              .method(method, HttpRequest.BodyPublishers.noBody())
              .timeout(Duration.ofSeconds(60))
              .build(),
          HttpResponse.BodyHandlers.ofString());
    }
  }

  @Test
  void scrape_isValid_andLeavesOutOnlyThoseThatHangOrFail() throws Exception {
    try (MetricsServer server = server()) {
      server.addSource(
          FixedHandle.of(
              "late",
              () -> {
                try {
                  never.await();
                } catch (InterruptedException e) {
                  Thread.currentThread().interrupt();
                }
                return List.of();
              }));
      server.addSource(FixedHandle.of("calls", new GrpcPrometheus(FixedHandle.of(calls()), true)));

      HttpResponse<String> answer = get(server, "GET", "/v1/metrics");

      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.headers().firstValue("Content-Type")).hasValue(Exposition.CONTENT_TYPE);
      StrictText text = StrictText.read(answer.body());
      assertThat(text.series())
          .containsEntry("containerd_build_info_total{revision=\"abc\",version=\"v2.3.4\"}", 1.0)
          .containsEntry(
              "gantry_plugin_breaker_open{contract=\"gantry.X\",plugin=\"io.containerd.x.v1.y\"}",
              1.0)
          .containsEntry(
              "grpc_server_handled_total{grpc_code=\"NotFound\",grpc_method=\"M\","
                  + "grpc_service=\"a.S\",grpc_type=\"unary\"}",
              2.0);
      assertThat(text.types())
          .containsEntry("process_resident_memory_bytes", "gauge")
          .containsEntry("process_open_fds", "gauge")
          .containsEntry("process_start_time_seconds", "gauge")
          .containsEntry("grpc_server_started_total", "counter")
          .containsEntry("grpc_server_handling_seconds", "histogram");
    }
  }

  @Test
  void tasks_haveTheirNumbers() throws Exception {
    try (MetricsServer server = server()) {
      StrictText text = StrictText.read(get(server, "GET", "/v1/metrics").body());
      assertThat(text.series())
          .containsEntry(
              "container_memory_rss_bytes{container_id=\"web\",namespace=\"good\"}", 4096.0)
          .containsEntry(
              "container_memory_usage_limit_bytes{container_id=\"web\",namespace=\"good\"}",
              0x1p64);
      assertThat(text.series().keySet()).noneMatch(series -> series.contains("hangs"));
    }
  }

  @Test
  void otherRequests_areRefused() throws Exception {
    try (MetricsServer server = server()) {
      assertThat(get(server, "GET", "/v1/metrics/more").statusCode()).isEqualTo(404);
      assertThat(get(server, "GET", "/").statusCode()).isEqualTo(404);
      assertThat(get(server, "POST", "/v1/metrics").statusCode()).isEqualTo(405);
      assertThat(get(server, "HEAD", "/v1/metrics").body()).isEmpty();
    }
  }

  @Test
  void sourceThatLeft_isNotAsked() throws Exception {
    MetricSource source =
        () ->
            List.of(
                new MetricFamily(
                    "mine", MetricFamily.Type.GAUGE, "", List.of(MetricSample.of(Map.of(), 1))));
    FixedHandle<MetricSource> handle = FixedHandle.of("plugin", source);
    try (MetricsServer server = server()) {
      server.addSource(handle);
      assertThat(get(server, "GET", "/v1/metrics").body()).contains("mine 1");
      server.removeSource(handle);
      assertThat(get(server, "GET", "/v1/metrics").body()).doesNotContain("mine");
    }
  }

  @Test
  void histogram_isLeftOutUnlessWanted() {
    MetricSource source = new GrpcPrometheus(FixedHandle.of(calls()), false);
    assertThat(source.metrics())
        .extracting(MetricFamily::name)
        .containsExactly(
            "grpc_server_started_total",
            "grpc_server_msg_received_total",
            "grpc_server_msg_sent_total",
            "grpc_server_handled_total");
  }

  private static CallCounters calls() {
    Histogram took = new Histogram();
    took.add(Duration.ofMillis(20));
    return () -> List.of(new CallCount("unary", "a.S", "M", 3, 3, 3, Map.of("NotFound", 2L), took));
  }

  @Test
  void address_isHostAndPort() throws Exception {
    assertThat(MetricsServer.address("127.0.0.1:1338"))
        .isEqualTo(new InetSocketAddress(InetAddress.getLoopbackAddress(), 1338));
    assertThat(MetricsServer.address("[::1]:1").getAddress().isLoopbackAddress()).isTrue();
    assertThat(MetricsServer.address(":1338").getAddress().isAnyLocalAddress()).isTrue();
    for (String bad : List.of("127.0.0.1", "host:port", "127.0.0.1:70000")) {
      assertThatThrownBy(() -> MetricsServer.address(bad))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessageContaining("host:port");
    }
  }

  @Test
  void portThatIsTaken_isNamed() throws Exception {
    try (MetricsServer server = server()) {
      InetSocketAddress taken = server.address();
      assertThatThrownBy(
              () ->
                  new MetricsServer(
                      taken,
                      List.of(),
                      new TaskNumbers(FixedHandle.of(metadata()), FixedHandle.of(tasks())),
                      (_, standard) -> standard))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("listen on 127.0.0.1:" + taken.getPort());
    }
  }

  @Test
  void address_thatIsMissing_isTheReason() {
    MetricsServer.Config none = config("");
    assertThat(new MetricsAddress(none).missing())
        .hasValueSatisfying(text -> assertThat(text).contains("address"));
    assertThat(new MetricsAddress(config("127.0.0.1:1")).missing()).isEmpty();
  }

  private static MetricsServer.Config config(String address) {
    return proxy(MetricsServer.Config.class, (_, _, _) -> address);
  }
}
