// SPDX-License-Identifier: Apache-2.0
package gantry.itest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a Prometheus sees of a daemon that has work to do. */
class MetricsTest {
  private static final Pattern LISTENS = Pattern.compile("serving metrics on (http://[^\" ]+)");
  private static final Pattern LINE =
      Pattern.compile(
          "# (?:HELP [a-z][a-z0-9_]* .*|TYPE [a-z][a-z0-9_]* (?:counter|gauge|histogram))"
              + "|([a-z][a-z0-9_]*(?:\\{(?:[a-z_]+=\"(?:[^\"\\\\]|\\\\[\\\\n\"])*\",?)+})?)"
              + " ([0-9.E+-]+|\\+Inf|NaN)");

  @TempDir Path home;

  @Test
  void withoutAnAddress_nobodyListens() {
    try (Daemon daemon = Daemon.gantry(home).start()) {
      assertThat(daemon.shell(Map.of()).bash("ctr plugins ls").output())
          .containsPattern("io\\.containerd\\.server\\.v1 +metrics +\\S+ +skip")
          .containsPattern("io\\.containerd\\.metrics\\.v1 +grpc-prometheus +\\S+ +ok");
      assertThat(daemon.logText()).doesNotContain("serving metrics");
    }
  }

  @Test
  void scrape_showsTasksCallsAndPlugins_alsoAfterASwap() throws Exception {
    try (Daemon daemon = started()) {
      watch(daemon);
    }
  }

  private void watch(Daemon daemon) throws Exception {
    run(
        daemon,
        "ctr images import --base-name docker.io/library/busybox %s"
            .formatted(Daemon.installed().resolve("share/gantry/busybox.tar")));
    run(daemon, "ctr run -d docker.io/library/busybox:latest web sleep 10000");

    Map<String, Double> series = scrape(daemon);

    String task = "{container_id=\"web\",namespace=\"default\",runtime=\"io.containerd.runc.v2\"}";
    assertThat(series).containsEntry("container_pids_current" + task, 1.0);
    assertThat(series.keySet())
        .anyMatch(name -> name.startsWith("container_memory_usage") && name.endsWith(task))
        .anyMatch(name -> name.startsWith("container_cpu_") && name.endsWith(task))
        .anyMatch(name -> name.startsWith("containerd_build_info_total{"))
        .anyMatch(name -> name.startsWith("containerd_gc_gc_seconds_bucket{"))
        .anyMatch(name -> name.startsWith("gantry_plugin_breaker_open{"))
        .contains("process_resident_memory_bytes", "process_open_fds");
    double started = series.getOrDefault(calls("started_total", ""), 0.0);
    assertThat(started).isGreaterThanOrEqualTo(1);
    assertThat(series).containsEntry(calls("handled_total", "grpc_code=\"OK\","), started);
    assertThat(series).containsEntry(calls("handling_seconds_count", ""), started);

    try (Channels channels = new Channels(daemon.address())) {
      Swaps swaps = new Swaps(channels, home);
      for (String plugin : new String[] {"metrics", "server", "gc"}) {
        swaps.swap(Daemon.installed().resolve("plugins/gantry.plugins." + plugin + ".jar"));
      }
      assertThat(swaps.failures()).isEmpty();
    }
    assertThat(scrape(daemon))
        .containsEntry("container_pids_current" + task, 1.0)
        .hasEntrySatisfying(
            calls("started_total", ""), now -> assertThat(now).isGreaterThanOrEqualTo(started));
  }

  private static String calls(String what, String code) {
    return "grpc_server_"
        + what
        + "{"
        + code
        + "grpc_method=\"Create\",grpc_service=\"containerd.services.tasks.v1.Tasks\","
        + "grpc_type=\"unary\"}";
  }

  /** On a port the system chooses, as its configuration was written before there were plugins. */
  private Daemon started() throws IOException {
    Path config = home.resolve("config.toml");
    Files.writeString(
        config, "version = 2\n[metrics]\naddress = '127.0.0.1:0'\ngrpc_histogram = true\n");
    return Daemon.gantry(home, "-c", config.toString()).start();
  }

  private static void run(Daemon daemon, String script) {
    Shell.Result result = daemon.shell(Map.of()).bash(script);
    assertThat(result.exitCode()).as(script + "\n" + result.all()).isZero();
  }

  /** Numbers by series; each line must be of the format. */
  private static Map<String, Double> scrape(Daemon daemon) throws Exception {
    Matcher listens = LISTENS.matcher(daemon.logText());
    String address = "";
    while (listens.find()) {
      address = listens.group(1);
    }
    Map<String, Double> series = new TreeMap<>();
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpResponse<String> answer =
          client.send(
              HttpRequest.newBuilder(URI.create(address)).timeout(Duration.ofSeconds(60)).build(),
              HttpResponse.BodyHandlers.ofString());
      assertThat(answer.statusCode()).isEqualTo(200);
      for (String line : answer.body().lines().toList()) {
        Matcher matcher = LINE.matcher(line);
        assertThat(matcher.matches()).as(line).isTrue();
        if (matcher.group(1) != null) {
          double value = Double.parseDouble(matcher.group(2).replace("Inf", "Infinity"));
          assertThat(series.put(matcher.group(1), value)).as(line).isNull();
        }
      }
    }
    return series;
  }
}
