// SPDX-License-Identifier: Apache-2.0
package gantry.registry;

import gantry.errors.UnavailableException;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The endpoints of a registry, from directories of {@code hosts.toml} files or of certificates in
 * Docker's layout. Reads anew each time, so that changes count at once. Safe for concurrent use.
 */
final class HostsDirectory {
  private static final String FILE = "hosts.toml";

  /** Files whose oddities were told, as they were then; as many as there are directories. */
  private final Map<Path, FileState> warned = new ConcurrentHashMap<>();

  /**
   * Endpoints in the order in which to try them.
   *
   * @param directories joined by a colon; empty for none
   * @param defaultScheme for the registry itself; empty lets its address decide
   */
  List<Endpoint> endpoints(String directories, String host, String defaultScheme) {
    Path found = find(directories, host);
    if (found == null) {
      return List.of(self(host, defaultScheme, HostSection.NONE));
    }
    List<Endpoint> endpoints = new ArrayList<>();
    for (HostSection section : sections(found)) {
      endpoints.add(
          section.server() == null ? self(host, defaultScheme, section) : section.endpoint());
    }
    return endpoints;
  }

  private static @Nullable Path find(String directories, String host) {
    for (String root : directories.split(":", -1)) {
      if (root.isBlank()) {
        continue;
      }
      for (String name : names(host)) {
        Path directory = Path.of(root.strip(), name);
        if (Files.isDirectory(directory)) {
          return directory;
        }
      }
    }
    return null;
  }

  /**
   * A colon is no good in names on some systems, so {@code host:5000} may be {@code host_5000_}.
   */
  private static List<String> names(String host) {
    int colon = host.lastIndexOf(':');
    boolean port = colon > 0 && !host.endsWith("]");
    return port
        ? List.of(
            host.substring(0, colon) + "_" + host.substring(colon + 1) + "_",
            host,
            host.substring(0, colon),
            "_default")
        : List.of(host, "_default");
  }

  private List<HostSection> sections(Path directory) {
    Path file = directory.resolve(FILE);
    try {
      if (Files.exists(file) && Files.size(file) > 0) {
        FileState state = FileState.of(file);
        return HostsToml.read(file, !state.equals(warned.put(file, state)));
      }
      return List.of(certificates(directory));
    } catch (IOException e) {
      throw new UnavailableException("read registry hosts %s: %s".formatted(file, e), e);
    }
  }

  /** Docker's layout: {@code *.crt} authorities, {@code *.cert} with {@code *.key} clients. */
  private static HostSection certificates(Path directory) throws IOException {
    List<Path> authorities = new ArrayList<>();
    List<TlsFiles.Pair> clients = new ArrayList<>();
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.sorted().toList()) {
        String name = file.getFileName().toString();
        if (name.endsWith(".crt")) {
          authorities.add(file);
        } else if (name.endsWith(".cert")) {
          Path key = file.resolveSibling(name.substring(0, name.length() - 5) + ".key");
          clients.add(new TlsFiles.Pair(file, Files.exists(key) ? key : null));
        }
      }
    }
    return HostSection.NONE.tls(new TlsFiles(authorities, clients, null));
  }

  /** The registry itself, by the rules for hosts that no URL is given for. */
  private static Endpoint self(String host, String defaultScheme, HostSection section) {
    String authority = host.equals("docker.io") ? "registry-1.docker.io" : host;
    String scheme = defaultScheme.isEmpty() ? "https" : defaultScheme;
    TlsFiles tls = section.tls();
    if (host.equals("docker.io")) {
      scheme = "https";
    } else if (defaultScheme.isEmpty() && isLoopback(host)) {
      String port = port(host);
      scheme = port.isEmpty() || port.equals("443") ? "https" : "http";
      if (!port.equals("80")) {
        tls = new TlsFiles(tls.authorities(), tls.clients(), true);
      }
    }
    return new Endpoint(
        scheme,
        authority,
        "/v2",
        EnumSet.allOf(Capability.class),
        section.headers(),
        tls,
        section.dialTimeout());
  }

  private static String port(String host) {
    int colon = host.lastIndexOf(':');
    return colon < 0 || host.endsWith("]") ? "" : host.substring(colon + 1);
  }

  /** By its text only: nothing is looked up. */
  static boolean isLoopback(String host) {
    String port = port(host);
    String name = port.isEmpty() ? host : host.substring(0, host.length() - port.length() - 1);
    String bare = name.startsWith("[") ? name.substring(1, name.length() - 1) : name;
    if (bare.equals("localhost")) {
      return true;
    }
    try {
      return InetAddress.ofLiteral(bare).isLoopbackAddress();
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** What one host table of a file says, or the top of the file. */
  record HostSection(
      @Nullable Endpoint server,
      Map<String, List<String>> headers,
      TlsFiles tls,
      @Nullable Duration dialTimeout) {
    static final HostSection NONE = new HostSection(null, Map.of(), TlsFiles.NONE, null);

    Endpoint endpoint() {
      return Objects.requireNonNull(server);
    }

    HostSection tls(TlsFiles files) {
      return new HostSection(server, headers, files, dialTimeout);
    }
  }
}
