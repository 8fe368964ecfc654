// SPDX-License-Identifier: Apache-2.0
package gantry.registry;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;

/**
 * Finds out whether a host that may speak either HTTP or HTTPS speaks the latter: it is sent the
 * first message of TLS with an empty line behind it. TLS answers with a record of TLS; HTTP has
 * seen a whole, if odd, request and answers or hangs up. Nothing secret is sent. What a host
 * answered is remembered. Safe for concurrent use.
 */
final class SchemeKnock {
  private static final int HANDSHAKE = 0x16;
  private static final int ALERT = 0x15;

  private final TlsContexts tls;
  private final Duration deadline;
  private final Map<String, String> known = new ConcurrentHashMap<>();

  SchemeKnock(TlsContexts tls, Duration deadline) {
    this.tls = tls;
    this.deadline = deadline;
  }

  /** The endpoint with the scheme it speaks; as it is if it cannot be reached. */
  Endpoint settle(Endpoint endpoint) {
    if (!endpoint.mayBeEither()) {
      return endpoint;
    }
    String scheme = known.get(endpoint.authority());
    if (scheme == null) {
      try {
        scheme = knock(endpoint);
      } catch (IOException e) {
        // the request itself will tell why
        return endpoint;
      }
      known.put(endpoint.authority(), scheme);
    }
    return endpoint.scheme(scheme);
  }

  private String knock(Endpoint endpoint) throws IOException {
    URI uri = URI.create("http://" + endpoint.authority());
    int port = uri.getPort() < 0 ? 443 : uri.getPort();
    Duration time = endpoint.dialTimeout() == null ? deadline : endpoint.dialTimeout();
    int millis = Math.clamp(time.toMillis(), 1, 5000);
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(uri.getHost(), port), millis);
      socket.setSoTimeout(millis);
      socket.getOutputStream().write(hello());
      int first = socket.getInputStream().read();
      return first == HANDSHAKE || first == ALERT ? "https" : "http";
    }
  }

  private byte[] hello() throws IOException {
    SSLContext context = tls.context(new TlsFiles(List.of(), List.of(), true));
    SSLEngine engine = context.createSSLEngine();
    engine.setUseClientMode(true);
    engine.beginHandshake();
    ByteBuffer out = ByteBuffer.allocate(engine.getSession().getPacketBufferSize() + 4);
    engine.wrap(ByteBuffer.allocate(0), out);
    out.put("\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    byte[] bytes = new byte[out.flip().remaining()];
    out.get(bytes);
    return bytes;
  }
}
