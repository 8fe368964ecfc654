// SPDX-License-Identifier: Apache-2.0
package gantry.registry;

import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The HTTP clients, one for each set of TLS files and time to connect, so that endpoints share
 * connections where they may. A changed file makes a new client. Safe for concurrent use.
 */
final class HttpClients implements AutoCloseable {
  private static final int CLIENTS_MAX = 16;

  private final Duration connect;
  private final EnvironmentProxies proxies;
  private final TlsContexts tls;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Map<Key, HttpClient> clients = new LinkedHashMap<>(16, 0.75f, true);

  private record Key(TlsFiles tls, List<FileState> states, Duration connect) {}

  HttpClients(RegistrySettings settings) {
    connect = settings.deadlines().connect();
    proxies = new EnvironmentProxies(settings.environment());
    tls = new TlsContexts(new SystemAuthorities(settings.environment()));
  }

  HttpClient client(Endpoint endpoint) {
    TlsFiles files = endpoint.tls();
    Duration time = endpoint.dialTimeout() == null ? connect : endpoint.dialTimeout();
    Key key = new Key(files, states(files), time);
    synchronized (clients) {
      HttpClient known = clients.get(key);
      if (known != null) {
        return known;
      }
    }
    HttpClient made =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_2)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(time)
            .proxy(proxies)
            .sslContext(tls.context(files))
            .executor(threads)
            .build();
    synchronized (clients) {
      HttpClient other = clients.putIfAbsent(key, made);
      if (other != null) {
        made.shutdown();
        return other;
      }
      if (clients.size() > CLIENTS_MAX) {
        Key eldest = clients.keySet().iterator().next();
        HttpClient gone = clients.remove(eldest);
        if (gone != null) {
          gone.shutdown();
        }
      }
      return made;
    }
  }

  /** The header for the proxy that the request goes through, or null. */
  @Nullable String proxyAuthorization(URI uri) {
    return proxies.authorization(uri);
  }

  TlsContexts tls() {
    return tls;
  }

  private static List<FileState> states(TlsFiles files) {
    Stream<Path> pairs =
        files.clients().stream()
            .flatMap(p -> Stream.of(p.certificate(), p.key() == null ? p.certificate() : p.key()));
    return Stream.concat(files.authorities().stream(), pairs).map(FileState::of).toList();
  }

  @Override
  public void close() {
    synchronized (clients) {
      clients.values().forEach(HttpClient::shutdownNow);
      clients.clear();
    }
    threads.shutdownNow();
  }
}
