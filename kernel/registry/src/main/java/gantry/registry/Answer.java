// SPDX-License-Identifier: Apache-2.0
package gantry.registry;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The head of an answer, and its body while it arrives.
 *
 * @param method that was asked for in the end
 * @param uri that answered, after redirects
 * @param authorization scheme the request was authorized by, or an empty text
 * @param tls what the connection is secured by, or an empty text
 */
record Answer(
    String method,
    URI uri,
    int status,
    HttpHeaders headers,
    InputStream body,
    String authorization,
    String tls)
    implements AutoCloseable {
  /** Bodies of errors are longer than this only by mistake. */
  private static final int ERROR_BYTES_MAX = 64_000;

  Optional<String> header(String name) {
    return headers.firstValue(name);
  }

  List<String> headers(String name) {
    return headers.allValues(name);
  }

  /** Bytes announced, or -1. */
  long length() {
    return headers.firstValueAsLong("Content-Length").orElse(-1);
  }

  boolean good() {
    return status < 300;
  }

  /** The text of an error, as far as it is of use. */
  String errorBody() {
    try {
      return new String(body.readNBytes(ERROR_BYTES_MAX), StandardCharsets.UTF_8);
    } catch (IOException e) {
      return "";
    }
  }

  /**
   * The whole body.
   *
   * @return null if it is longer than {@code max} bytes
   */
  byte @Nullable [] readAtMost(int max) throws IOException {
    byte[] bytes = body.readNBytes(max + 1);
    return bytes.length > max ? null : bytes;
  }

  @Override
  public void close() {
    try {
      // a short rest is read so that the connection can serve again
      if (length() >= 0 && length() <= ERROR_BYTES_MAX) {
        body.skip(ERROR_BYTES_MAX);
      }
      body.close();
    } catch (IOException e) {
      // a connection that breaks when nobody needs it any more
    }
  }
}
