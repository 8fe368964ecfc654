// SPDX-License-Identifier: Apache-2.0
package gantry.registry;

import gantry.transfer.RegistryAccess;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes requests and answers for a client that wants to see them. Values of headers and queries
 * that may be secret are left out. Safe for concurrent use.
 */
final class HttpLog {
  private static final Logger log = LoggerFactory.getLogger(HttpLog.class);
  private static final String HIDDEN = "[hidden]";
  private static final Pattern PARAMETER = Pattern.compile("([^=&?]+)=([^&]*)");
  private static final Set<String> OPEN_PARAMETERS =
      Set.of("ns", "scope", "service", "mount", "from", "digest", "artifactType", "n", "last");

  private final boolean heads;
  private final boolean times;
  private final @Nullable OutputStream out;
  private boolean broken;

  HttpLog(RegistryAccess.HttpDebug debug, @Nullable OutputStream out) {
    heads = debug == RegistryAccess.HttpDebug.DEBUG || debug == RegistryAccess.HttpDebug.BOTH;
    times = debug == RegistryAccess.HttpDebug.TRACE || debug == RegistryAccess.HttpDebug.BOTH;
    this.out = out;
  }

  void request(String method, URI uri, Map<String, List<String>> headers) {
    if (heads) {
      write("> " + method + " " + shown(uri) + "\n" + lines("> ", headers));
    }
    if (times) {
      write("* asked " + method + " " + shown(uri) + "\n");
    }
  }

  void answer(HttpResponse<?> response, long nanos, String tls) {
    URI uri = response.uri();
    int status = response.statusCode();
    if (heads) {
      write("< " + status + " " + shown(uri) + "\n" + lines("< ", response.headers().map()));
    }
    if (times) {
      write(
          "* answered %d after %.1f ms by %s%s from %s%n"
              .formatted(
                  status,
                  nanos / 1e6,
                  response.version() == HttpClient.Version.HTTP_2 ? "HTTP/2" : "HTTP/1.1",
                  tls.isEmpty() ? " without TLS" : " over " + tls,
                  uri.getAuthority()));
    }
  }

  void failure(URI uri, IOException cause) {
    if (heads || times) {
      write("* " + shown(uri) + " failed: " + cause + "\n");
    }
  }

  /** A URI that can be shown: user info and most parameters are hidden. */
  static String shown(URI uri) {
    String text = uri.toString();
    String user = uri.getRawUserInfo();
    String bare = user == null ? text : text.replace(user + "@", "");
    int mark = bare.indexOf('?');
    if (mark < 0) {
      return bare;
    }
    Matcher matcher = PARAMETER.matcher(bare.substring(mark + 1));
    return bare.substring(0, mark + 1)
        + matcher.replaceAll(
            m ->
                Matcher.quoteReplacement(
                    OPEN_PARAMETERS.contains(m.group(1)) ? m.group() : m.group(1) + "=" + HIDDEN));
  }

  private static String lines(String prefix, Map<String, List<String>> headers) {
    StringBuilder lines = new StringBuilder();
    headers.forEach(
        (name, values) ->
            values.forEach(
                value ->
                    lines
                        .append(prefix)
                        .append(name)
                        .append(": ")
                        .append(Headers.harmless(name) ? value : HIDDEN)
                        .append('\n')));
    return lines.toString();
  }

  private synchronized void write(String text) {
    if (out == null) {
      log.info("{}", text);
      return;
    }
    if (broken) {
      return;
    }
    try {
      out.write(text.getBytes(StandardCharsets.UTF_8));
      out.flush();
    } catch (IOException e) {
      // who listened is gone; the transfer goes on
      broken = true;
    }
  }
}
