// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.metrics;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import gantry.errors.InvalidArgumentException;
import gantry.metadata.Metadata;
import gantry.metrics.MetricFamily;
import gantry.metrics.MetricSource;
import gantry.plugins.DaemonInfo;
import gantry.plugins.Handle;
import gantry.plugins.Plugin;
import gantry.plugins.PluginTraffic;
import gantry.plugins.TimeLimits;
import gantry.runtime.TaskManager;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.osgi.service.condition.Condition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers scrapes at {@code /v1/metrics}. Only one version can have the port at a time. */
@Component(
    name = MetricsServer.PLUGIN,
    service = {},
    immediate = true,
    reference =
        @Reference(
            name = "address",
            service = Condition.class,
            target = "(osgi.condition.id=" + MetricsAddress.CONDITION + ")"))
@Plugin(
    value = MetricsServer.PLUGIN,
    plugin_requires = {"io.containerd.metadata.v1", "io.containerd.runtime.v2"},
    plugin_exclusive = true)
public final class MetricsServer implements AutoCloseable {
  static final String PLUGIN = "io.containerd.server.v1.metrics";

  private static final Logger LOG = LoggerFactory.getLogger(MetricsServer.class);
  private static final String PATH = "/v1/metrics";
  private static final int SCRAPES_AT_ONCE = 4;

  /** The keys of the plugin's table. */
  @interface Config {
    /** Where to listen, {@code host:port}; empty for not at all. */
    String address() default "";
  }

  private final Map<String, Callable<List<MetricFamily>>> sources = new ConcurrentHashMap<>();
  private final ExecutorService threads =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("metrics-", 0).factory());
  private final Semaphore places = new Semaphore(SCRAPES_AT_ONCE);
  private final Scrape scrape;
  private final HttpServer server;

  /** Begins to listen. */
  @Activate
  public MetricsServer(
      Config config,
      @Reference DaemonInfo daemon,
      @Reference PluginTraffic traffic,
      @Reference TimeLimits limits,
      @Reference(service = Handle.class, target = "(contract=gantry.metadata.Metadata)")
          Handle<Metadata> metadata,
      @Reference(service = Handle.class, target = "(contract=gantry.runtime.TaskManager)")
          Handle<TaskManager> tasks)
      throws IOException {
    this(
        address(config.address()),
        List.of(new ProcessNumbers(daemon, Path.of("/proc/self")), new HandleNumbers(traffic)),
        new TaskNumbers(metadata, tasks),
        limits);
  }

  MetricsServer(
      InetSocketAddress address, List<MetricSource> own, TaskNumbers tasks, TimeLimits limits)
      throws IOException {
    own.forEach(source -> sources.put(source.getClass().getSimpleName(), source::metrics));
    this.scrape = new Scrape(sources, tasks, limits, threads);
    this.server = listen(address);
    server.createContext(PATH, this::answer);
    server.setExecutor(threads);
    server.start();
    LOG.info("serving metrics on http://{}{}", text(server.getAddress()), PATH);
  }

  private static HttpServer listen(InetSocketAddress address) throws IOException {
    try {
      return HttpServer.create(address, 0);
    } catch (IOException e) {
      throw new IOException(
          "listen on %s for metrics: %s".formatted(text(address), e.getMessage()), e);
    }
  }

  /**
   * Reads {@code host:port}; no host means all addresses.
   *
   * @throws InvalidArgumentException if it is not of that form
   */
  static InetSocketAddress address(String text) throws IOException {
    int colon = text.lastIndexOf(':');
    try {
      int port = Integer.parseInt(text.substring(colon + 1));
      String host = text.substring(0, Math.max(0, colon)).replaceAll("^\\[(.*)]$", "$1");
      return host.isEmpty() && colon == 0
          ? new InetSocketAddress(port)
          : new InetSocketAddress(InetAddress.getByName(host), port);
    } catch (IllegalArgumentException e) {
      throw new InvalidArgumentException(
          "address = \"%s\": want host:port, for example 127.0.0.1:1338".formatted(text), e);
    }
  }

  private static String text(InetSocketAddress address) {
    return address.getAddress().getHostAddress() + ":" + address.getPort();
  }

  @Reference(
      service = Handle.class,
      target = "(contract=gantry.metrics.MetricSource)",
      cardinality = ReferenceCardinality.MULTIPLE,
      policy = ReferencePolicy.DYNAMIC,
      policyOption = ReferencePolicyOption.GREEDY)
  void addSource(Handle<MetricSource> source) {
    sources.put(source.plugin(), () -> source.call(MetricSource::metrics));
  }

  void removeSource(Handle<MetricSource> source) {
    sources.remove(source.plugin());
  }

  /** Where it listens. */
  InetSocketAddress address() {
    return server.getAddress();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      if (!exchange.getRequestURI().getPath().equals(PATH)) {
        reply(exchange, 404, "text/plain", "not found: want " + PATH + "\n");
      } else if (!List.of("GET", "HEAD").contains(exchange.getRequestMethod())) {
        exchange.getResponseHeaders().set("Allow", "GET, HEAD");
        reply(exchange, 405, "text/plain", "method not allowed\n");
      } else if (!places.tryAcquire()) {
        reply(exchange, 503, "text/plain", "too many scrapes at once\n");
      } else {
        try {
          reply(exchange, 200, Exposition.CONTENT_TYPE, Exposition.of(scrape.gather()));
        } finally {
          places.release();
        }
      }
    } catch (InterruptedException closed) {
      Thread.currentThread().interrupt();
    }
  }

  private static void reply(HttpExchange exchange, int status, String type, String text)
      throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", type);
    if (exchange.getRequestMethod().equals("HEAD")) {
      exchange.getResponseHeaders().set("Content-Length", Integer.toString(bytes.length));
      exchange.sendResponseHeaders(status, -1);
      return;
    }
    exchange.sendResponseHeaders(status, bytes.length);
    try (OutputStream body = exchange.getResponseBody()) {
      body.write(bytes);
    }
  }

  /** Lets go of the port; scrapes under way get no answer. */
  @Override
  @Deactivate
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
