// SPDX-License-Identifier: Apache-2.0
package gantry.registry;

import gantry.errors.InvalidArgumentException;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** Makes TLS contexts of files. */
final class TlsContexts {
  /** Guards keys that never leave this process. */
  private static final char[] PASSWORD = new char[0];

  private final SystemAuthorities system;

  TlsContexts(SystemAuthorities system) {
    this.system = system;
  }

  /**
   * A context.
   *
   * @throws InvalidArgumentException if a file cannot be used
   */
  SSLContext context(TlsFiles files) {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys(files), trust(files), null);
      return context;
    } catch (IOException | GeneralSecurityException e) {
      throw new InvalidArgumentException("set up TLS for registry: " + e.getMessage(), e);
    }
  }

  private TrustManager[] trust(TlsFiles files) throws IOException, GeneralSecurityException {
    if (files.trustsAll()) {
      return new TrustManager[] {new TrustingAll()};
    }
    List<X509Certificate> trusted = new ArrayList<>(system.certificates());
    for (Path file : files.authorities()) {
      trusted.addAll(certificates(file));
    }
    KeyStore anchors = empty();
    for (X509Certificate certificate : trusted) {
      anchors.setCertificateEntry("ca" + anchors.size(), certificate);
    }
    TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
    factory.init(anchors);
    return factory.getTrustManagers();
  }

  private static List<X509Certificate> certificates(Path file) throws GeneralSecurityException {
    List<X509Certificate> found;
    try {
      found = PemFiles.certificates(file);
    } catch (IOException | GeneralSecurityException e) {
      throw unusable("certificate", file, e.toString(), e);
    }
    if (found.isEmpty()) {
      throw unusable("certificate", file, "no certificate in it", null);
    }
    return found;
  }

  private static KeyManager[] keys(TlsFiles files) throws IOException, GeneralSecurityException {
    if (files.clients().isEmpty()) {
      return new KeyManager[0];
    }
    KeyStore store = empty();
    for (TlsFiles.Pair pair : files.clients()) {
      Path keyFile = pair.key() == null ? pair.certificate() : pair.key();
      List<X509Certificate> chain = certificates(pair.certificate());
      try {
        store.setKeyEntry(
            "client" + store.size(),
            PemFiles.key(keyFile),
            PASSWORD,
            chain.toArray(new X509Certificate[0]));
      } catch (IOException | GeneralSecurityException e) {
        throw unusable("key", keyFile, e.toString(), e);
      }
    }
    KeyManagerFactory factory = KeyManagerFactory.getInstance("PKIX");
    factory.init(store, PASSWORD);
    return factory.getKeyManagers();
  }

  private static InvalidArgumentException unusable(
      String what, Path file, String reason, @Nullable Throwable cause) {
    return new InvalidArgumentException(
        "read %s %s: %s; want PEM".formatted(what, file, reason), cause);
  }

  private static KeyStore empty() throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    return store;
  }
}
