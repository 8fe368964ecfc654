// SPDX-License-Identifier: Apache-2.0
package gantry.boot.changes;

import gantry.oci.Digest;
import gantry.plugins.BundleSource;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.regex.Pattern;

/** Copies a jar from where it is to be had, and makes sure that it is the one that was meant. */
final class Fetcher {
  private static final long SIZE_MAX = 256L << 20;
  private static final Duration CONNECT_MAX = Duration.ofSeconds(10);
  private static final Duration WHOLE_MAX = Duration.ofMinutes(5);
  private static final Pattern URL = Pattern.compile("(?i)https?://.*");
  private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

  private Fetcher() {}

  /**
   * What was fetched.
   *
   * @param sha256 its digest, 64 digits in hex
   */
  record Fetched(Path file, String sha256, long size) {}

  /**
   * Copies a jar; it is on disk when this returns.
   *
   * @param target a file that is not there yet
   * @throws Refusal if it cannot be had, is too large, or another
   */
  static Fetched fetch(BundleSource source, Path target) throws Refusal, InterruptedException {
    String wanted = source.sha256().toLowerCase(Locale.ROOT);
    if (!wanted.isEmpty() && !SHA256.matcher(wanted).matches()) {
      throw Refusal.jar("\"%s\" is no sha256: want 64 digits in hex".formatted(source.sha256()));
    }
    boolean remote = URL.matcher(source.location()).matches();
    if (remote && wanted.isEmpty()) {
      throw Refusal.jar("a jar from a URL must come with its sha256");
    }
    try {
      Fetched fetched =
          Deadline.call(
              "fetch " + source.location(),
              WHOLE_MAX,
              () -> remote ? download(source.location(), target) : copy(source.location(), target));
      if (!wanted.isEmpty() && !wanted.equals(fetched.sha256())) {
        throw Refusal.jar("its sha256 is %s, not %s".formatted(fetched.sha256(), wanted));
      }
      return fetched;
    } catch (Deadline.Late e) {
      throw Refusal.jar("it did not come within %d s".formatted(WHOLE_MAX.toSeconds()));
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Refusal refusal) {
        throw refusal;
      }
      throw Refusal.jar("it cannot be had: %s".formatted(e.getCause()));
    }
  }

  private static Fetched copy(String location, Path target) throws Refusal, IOException {
    String file = location.startsWith("file:") ? location.substring("file:".length()) : location;
    Path path = Path.of(file);
    if (!path.isAbsolute()) {
      throw Refusal.jar("the daemon has another working directory; give the whole path");
    }
    if (Files.notExists(path)) {
      throw Refusal.jar("there is no such file where the daemon runs");
    }
    if (!Files.isRegularFile(path)) {
      throw Refusal.jar("it is not a regular file");
    }
    try (InputStream in = Files.newInputStream(path)) {
      return write(in, target);
    }
  }

  private static Fetched download(String location, Path target)
      throws Refusal, IOException, InterruptedException {
    try (HttpClient client =
        HttpClient.newBuilder()
            .connectTimeout(CONNECT_MAX)
            .followRedirects(HttpClient.Redirect.NORMAL)
            .build()) {
      try {
        HttpResponse<InputStream> response =
            client.send(
                HttpRequest.newBuilder(URI.create(location)).timeout(WHOLE_MAX).build(),
                HttpResponse.BodyHandlers.ofInputStream());
        try (InputStream in = response.body()) {
          if (response.statusCode() != 200) {
            throw Refusal.jar(
                "it cannot be had: the server says %d".formatted(response.statusCode()));
          }
          return write(in, target);
        }
      } finally {
        client.shutdownNow();
      }
    } catch (IllegalArgumentException e) {
      throw Refusal.jar("it is no URL: %s".formatted(e.getMessage()));
    }
  }

  private static Fetched write(InputStream in, Path target) throws Refusal, IOException {
    MessageDigest digest = Digest.hasher("sha256");
    long size = 0;
    try (FileChannel out =
        FileChannel.open(target, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      byte[] buffer = new byte[64 << 10];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        size += n;
        if (size > SIZE_MAX) {
          throw Refusal.jar("it is larger than %d MiB".formatted(SIZE_MAX >> 20));
        }
        digest.update(buffer, 0, n);
        ByteBuffer bytes = ByteBuffer.wrap(buffer, 0, n);
        while (bytes.hasRemaining()) {
          out.write(bytes);
        }
      }
      out.force(true);
    }
    return new Fetched(target, Digest.of("sha256", digest.digest()).hex(), size);
  }

  /** The digest of a file, 64 digits in hex. */
  static String digest(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return Digest.sha256(in).hex();
    }
  }
}
