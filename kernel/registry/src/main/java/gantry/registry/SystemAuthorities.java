// SPDX-License-Identifier: Apache-2.0
package gantry.registry;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * The authorities this host trusts: those of its distribution, which administrators add to, or
 * those of {@code SSL_CERT_FILE} and {@code SSL_CERT_DIR}; those of the Java runtime if there are
 * none. Read again when the file has changed. Safe for concurrent use.
 */
final class SystemAuthorities {
  private static final List<String> FILES =
      List.of(
          "/etc/ssl/certs/ca-certificates.crt",
          "/etc/pki/tls/certs/ca-bundle.crt",
          "/etc/ssl/ca-bundle.pem",
          "/etc/pki/tls/cacert.pem",
          "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
          "/etc/ssl/cert.pem");

  private final List<Path> files;
  private final @Nullable Path directory;
  private @Nullable Known known;

  private record Known(FileState state, List<X509Certificate> certificates) {}

  SystemAuthorities(Map<String, String> environment) {
    String file = environment.getOrDefault("SSL_CERT_FILE", "");
    files = (file.isEmpty() ? FILES.stream() : Stream.of(file)).map(Path::of).toList();
    String dir = environment.getOrDefault("SSL_CERT_DIR", "");
    directory = dir.isEmpty() ? null : Path.of(dir);
  }

  synchronized List<X509Certificate> certificates() throws IOException, GeneralSecurityException {
    Path file = files.stream().filter(Files::isReadable).findFirst().orElse(null);
    if (file == null && directory == null) {
      return ofRuntime();
    }
    FileState state = FileState.of(file == null ? Path.of("/") : file);
    if (known == null || !known.state().equals(state)) {
      List<X509Certificate> read = new ArrayList<>();
      if (file != null) {
        read.addAll(PemFiles.certificates(file));
      }
      read.addAll(inDirectory());
      known = new Known(state, List.copyOf(read));
    }
    return known.certificates();
  }

  private List<X509Certificate> inDirectory() throws IOException, GeneralSecurityException {
    List<X509Certificate> read = new ArrayList<>();
    if (directory != null && Files.isDirectory(directory)) {
      try (Stream<Path> entries = Files.list(directory)) {
        for (Path file : entries.filter(Files::isRegularFile).toList()) {
          read.addAll(PemFiles.certificates(file));
        }
      }
    }
    return read;
  }

  private static List<X509Certificate> ofRuntime() throws GeneralSecurityException {
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init((KeyStore) null);
    List<X509Certificate> all = new ArrayList<>();
    for (TrustManager manager : factory.getTrustManagers()) {
      if (manager instanceof X509TrustManager x509) {
        all.addAll(List.of(x509.getAcceptedIssuers()));
      }
    }
    return all;
  }
}
