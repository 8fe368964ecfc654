// SPDX-License-Identifier: Apache-2.0
package gantry.registry;

import gantry.errors.InvalidArgumentException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Proxies as {@code HTTP_PROXY}, {@code HTTPS_PROXY} and {@code NO_PROXY} name them, upper or lower
 * case. Never for the loopback. {@code NO_PROXY} holds names (with all below them), addresses,
 * networks such as {@code 10.0.0.0/8}, each with a port if wanted, or {@code *}.
 */
final class EnvironmentProxies extends ProxySelector {
  private final @Nullable Named http;
  private final @Nullable Named https;
  private final List<String> exempt;

  /**
   * A proxy.
   *
   * @param authorization what it wants to see, or null
   */
  private record Named(String host, int port, @Nullable String authorization) {
    Proxy proxy() {
      return new Proxy(Proxy.Type.HTTP, new InetSocketAddress(host, port));
    }
  }

  EnvironmentProxies(Map<String, String> environment) {
    http = proxy(environment, "HTTP_PROXY");
    https = proxy(environment, "HTTPS_PROXY");
    exempt =
        Arrays.stream(value(environment, "NO_PROXY").split(",", -1))
            .map(String::strip)
            .filter(s -> !s.isEmpty())
            .map(s -> s.toLowerCase(Locale.ROOT))
            .toList();
  }

  private static String value(Map<String, String> environment, String name) {
    String upper = environment.getOrDefault(name, "");
    return upper.isEmpty() ? environment.getOrDefault(name.toLowerCase(Locale.ROOT), "") : upper;
  }

  private static @Nullable Named proxy(Map<String, String> environment, String name) {
    String value = value(environment, name);
    if (value.isBlank()) {
      return null;
    }
    try {
      URI uri = URI.create(value.contains("://") ? value.strip() : "http://" + value.strip());
      if (uri.getHost() != null && uri.getScheme().equals("http")) {
        int port = uri.getPort() < 0 ? 80 : uri.getPort();
        return new Named(uri.getHost(), port, basic(uri.getUserInfo()));
      }
    } catch (IllegalArgumentException e) {
      throw wrong(name, e);
    }
    throw wrong(name, null);
  }

  /** Without the value: it may hold a password. */
  private static InvalidArgumentException wrong(String name, @Nullable Throwable cause) {
    return new InvalidArgumentException(
        "use proxy of %s: it is no address of an HTTP proxy; want http://host:port".formatted(name),
        cause);
  }

  private static @Nullable String basic(@Nullable String user) {
    return user == null
        ? null
        : "Basic " + Base64.getEncoder().encodeToString(user.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public List<Proxy> select(URI uri) {
    Named proxy = named(uri);
    return List.of(proxy == null ? Proxy.NO_PROXY : proxy.proxy());
  }

  /** The header for the proxy of this request, or null. The HTTP client shows it to nobody else. */
  @Nullable String authorization(URI uri) {
    Named proxy = named(uri);
    return proxy == null ? null : proxy.authorization();
  }

  private @Nullable Named named(URI uri) {
    Named proxy = uri.getScheme().equals("https") ? https : http;
    String authority = String.valueOf(uri.getAuthority());
    return proxy == null || HostsDirectory.isLoopback(authority) || isExempt(uri) ? null : proxy;
  }

  private boolean isExempt(URI uri) {
    String host = String.valueOf(uri.getHost()).toLowerCase(Locale.ROOT);
    String bare = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    int port = uri.getPort() >= 0 ? uri.getPort() : uri.getScheme().equals("https") ? 443 : 80;
    return exempt.stream().anyMatch(rule -> matches(rule, bare, port));
  }

  private static boolean matches(String rule, String host, int port) {
    if (rule.equals("*")) {
      return true;
    }
    if (rule.contains("/")) {
      return inNetwork(rule, host);
    }
    String name = rule;
    int colon = rule.lastIndexOf(':');
    if (colon > 0 && rule.indexOf(':') == colon) {
      if (!rule.substring(colon + 1).equals(Integer.toString(port))) {
        return false;
      }
      name = rule.substring(0, colon);
    }
    String below = name.startsWith("*.") ? name.substring(1) : name;
    return below.startsWith(".")
        ? host.endsWith(below)
        : host.equals(below) || host.endsWith("." + below);
  }

  private static boolean inNetwork(String rule, String host) {
    int slash = rule.indexOf('/');
    try {
      byte[] network = InetAddress.ofLiteral(rule.substring(0, slash)).getAddress();
      byte[] address = InetAddress.ofLiteral(host).getAddress();
      int bits = Integer.parseInt(rule.substring(slash + 1));
      if (network.length != address.length || bits < 0 || bits > network.length * 8) {
        return false;
      }
      for (int bit = 0; bit < bits; bit++) {
        int mask = 0x80 >> (bit % 8);
        if ((network[bit / 8] & mask) != (address[bit / 8] & mask)) {
          return false;
        }
      }
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  @Override
  public void connectFailed(URI uri, SocketAddress address, IOException failure) {
    // the request fails with it
  }
}
