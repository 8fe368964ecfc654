// SPDX-License-Identifier: Apache-2.0
package gantry.registry;

import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpHeaders;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import java.util.zip.InflaterInputStream;
import org.jspecify.annotations.Nullable;

/**
 * Takes off the coding a server put around a body for the way. None is asked for; some servers do
 * it nonetheless.
 */
final class ContentCoding {
  private static final int BUFFER = 64 * 1024;

  private ContentCoding() {}

  static boolean isCoded(HttpHeaders headers) {
    return !coding(headers).isEmpty();
  }

  private static String coding(HttpHeaders headers) {
    String coding =
        headers.firstValue("Content-Encoding").orElse("").strip().toLowerCase(Locale.ROOT);
    return coding.equals("identity") ? "" : coding;
  }

  static InputStream decode(InputStream body, HttpHeaders headers) throws IOException {
    String coding = coding(headers);
    if (coding.isEmpty() || headers.firstValueAsLong("Content-Length").orElse(-1) == 0) {
      return body;
    }
    return switch (coding) {
      case "gzip", "x-gzip" -> new Late(body);
      case "deflate" -> new InflaterInputStream(body);
      default -> {
        body.close();
        throw new IOException("unsupported content encoding \"%s\"".formatted(coding));
      }
    };
  }

  /** Reads no header before it must: an answer to HEAD has none. */
  private static final class Late extends InputStream {
    private final InputStream coded;
    private @Nullable InputStream plain;

    Late(InputStream coded) {
      this.coded = coded;
    }

    private InputStream plain() throws IOException {
      InputStream in = plain;
      if (in == null) {
        in = new GZIPInputStream(coded, BUFFER);
        plain = in;
      }
      return in;
    }

    @Override
    public int read() throws IOException {
      return plain().read();
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      return plain().read(buffer, offset, length);
    }

    @Override
    public void close() throws IOException {
      coded.close();
    }
  }
}
