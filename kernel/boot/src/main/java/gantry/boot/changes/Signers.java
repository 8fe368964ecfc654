// SPDX-License-Identifier: Apache-2.0
package gantry.boot.changes;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSigner;
import java.security.GeneralSecurityException;
import java.security.cert.CertPathValidator;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Supplier;
import java.util.jar.JarEntry;

/**
 * Who may sign bundles: the holders of the certificates in a PEM file, and whom these vouch for.
 * The file is read each time, so that it can be changed while the daemon runs.
 *
 * @param file path of the file; empty if nobody need sign
 */
record Signers(Supplier<String> file) {
  private static final String META = "META-INF/";

  /**
   * Checks that each entry is signed by one of them.
   *
   * @param entries were read to their ends
   */
  void check(List<JarEntry> entries) throws Refusal {
    String path = file.get();
    if (path.isEmpty()) {
      return;
    }
    List<X509Certificate> trusted = trusted(Path.of(path));
    Set<CodeSigner> accepted = new HashSet<>();
    for (JarEntry entry : entries) {
      if (!entry.isDirectory() && !isSignature(entry.getName())) {
        check(entry, trusted, accepted);
      }
    }
  }

  private static void check(JarEntry entry, List<X509Certificate> trusted, Set<CodeSigner> accepted)
      throws Refusal {
    CodeSigner[] signers = entry.getCodeSigners();
    if (signers == null || signers.length == 0) {
      throw Refusal.jar(
          "%s is not signed, and the configuration wants signed plugins"
              .formatted(entry.getName()));
    }
    for (CodeSigner signer : signers) {
      if (accepted.contains(signer) || isTrusted(signer, trusted)) {
        accepted.add(signer);
        return;
      }
    }
    throw Refusal.jar(
        "it is signed by %s, who is not among those the configuration trusts"
            .formatted(name(signers[0].getSignerCertPath().getCertificates().getFirst())));
  }

  private static boolean isTrusted(CodeSigner signer, List<X509Certificate> trusted) {
    List<? extends Certificate> chain = signer.getSignerCertPath().getCertificates();
    if (chain.isEmpty() || trusted.isEmpty()) {
      return false;
    }
    if (trusted.contains(chain.getFirst())) {
      return true;
    }
    try {
      Set<TrustAnchor> anchors = new HashSet<>();
      trusted.forEach(certificate -> anchors.add(new TrustAnchor(certificate, null)));
      PKIXParameters parameters = new PKIXParameters(anchors);
      parameters.setRevocationEnabled(false);
      List<? extends Certificate> below =
          chain.stream().filter(certificate -> !isAnchor(certificate, trusted)).toList();
      CertPathValidator.getInstance("PKIX")
          .validate(CertificateFactory.getInstance("X.509").generateCertPath(below), parameters);
      return true;
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  private static boolean isAnchor(Certificate certificate, List<X509Certificate> trusted) {
    return certificate instanceof X509Certificate x509 && trusted.contains(x509);
  }

  private static List<X509Certificate> trusted(Path file) throws Refusal {
    List<X509Certificate> certificates = new ArrayList<>();
    try (InputStream in = Files.newInputStream(file)) {
      for (Certificate certificate :
          CertificateFactory.getInstance("X.509").generateCertificates(in)) {
        certificates.add((X509Certificate) certificate);
      }
    } catch (IOException | CertificateException e) {
      throw Refusal.state(
          "the trusted certificates in %s (plugin_policy, signers) cannot be read: %s"
              .formatted(file, e));
    }
    return certificates;
  }

  private static boolean isSignature(String entry) {
    String name = entry.toUpperCase(Locale.ROOT);
    return name.startsWith(META)
        && name.indexOf('/', META.length()) < 0
        && (name.endsWith(".MF")
            || name.endsWith(".SF")
            || name.endsWith(".RSA")
            || name.endsWith(".EC")
            || name.endsWith(".DSA"));
  }

  private static String name(Certificate certificate) {
    return certificate instanceof X509Certificate x509
        ? x509.getSubjectX500Principal().getName()
        : certificate.getType();
  }
}
