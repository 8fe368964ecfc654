// SPDX-License-Identifier: Apache-2.0
package gantry.registry;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Certificates and private keys in PEM, RFC 7468; keys in PKCS 8, PKCS 1 and SEC 1. */
final class PemFiles {
  private static final Pattern BLOCK =
      Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([^-]*)-----END \\1-----");

  /** Version 0 and the algorithm RSA, as PKCS 8 puts them before the key. */
  private static final byte[] RSA_HEAD =
      HexFormat.of().parseHex("020100300d06092a864886f70d0101010500");

  private static final byte[] EC_OID = HexFormat.of().parseHex("06072a8648ce3d0201");

  private PemFiles() {}

  static List<X509Certificate> certificates(Path file)
      throws IOException, GeneralSecurityException {
    CertificateFactory factory = CertificateFactory.getInstance("X.509");
    List<X509Certificate> found = new ArrayList<>();
    Matcher blocks = BLOCK.matcher(Files.readString(file, StandardCharsets.ISO_8859_1));
    while (blocks.find()) {
      if (blocks.group(1).endsWith("CERTIFICATE")) {
        found.add(
            (X509Certificate)
                factory.generateCertificate(new ByteArrayInputStream(bytes(blocks.group(2)))));
      }
    }
    return found;
  }

  /**
   * The first private key of a file.
   *
   * @throws GeneralSecurityException if there is none, or it is encrypted or of an unknown kind
   */
  static PrivateKey key(Path file) throws IOException, GeneralSecurityException {
    Matcher blocks = BLOCK.matcher(Files.readString(file, StandardCharsets.ISO_8859_1));
    while (blocks.find()) {
      byte[] der = bytes(blocks.group(2));
      switch (blocks.group(1)) {
        case "PRIVATE KEY" -> {
          return pkcs8(der);
        }
        case "RSA PRIVATE KEY" -> {
          return pkcs8(sequence(RSA_HEAD, element(0x04, der)));
        }
        case "EC PRIVATE KEY" -> {
          byte[] algorithm = sequence(EC_OID, curve(der));
          byte[] version = {2, 1, 0};
          return pkcs8(sequence(version, algorithm, element(0x04, der)));
        }
        case "ENCRYPTED PRIVATE KEY" ->
            throw new InvalidKeySpecException("the key is encrypted; store it without password");
        default -> {}
      }
    }
    throw new InvalidKeySpecException("no private key in " + file);
  }

  private static byte[] bytes(String base64) {
    return Base64.getMimeDecoder().decode(base64);
  }

  private static PrivateKey pkcs8(byte[] der) throws GeneralSecurityException {
    for (String algorithm : List.of("RSA", "EC", "EdDSA")) {
      try {
        return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(der));
      } catch (InvalidKeySpecException e) {
        // another algorithm then
      }
    }
    throw new InvalidKeySpecException("the key is neither RSA nor EC nor EdDSA");
  }

  /** The name of the curve out of an ECPrivateKey, RFC 5915: its element tagged 0. */
  private static byte[] curve(byte[] der) throws GeneralSecurityException {
    for (int i = 0; i + 4 < der.length; i++) {
      boolean tagged = (der[i] & 0xff) == 0xa0 && der[i + 2] == 0x06;
      int length = der[i + 1];
      if (tagged && length > 2 && der[i + 3] == length - 2 && i + 2 + length <= der.length) {
        byte[] oid = new byte[length];
        System.arraycopy(der, i + 2, oid, 0, length);
        return oid;
      }
    }
    throw new InvalidKeySpecException("the key does not name its curve");
  }

  private static byte[] sequence(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return element(0x30, all.toByteArray());
  }

  private static byte[] element(int tag, byte[] content) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(tag);
    int length = content.length;
    if (length < 0x80) {
      out.write(length);
    } else if (length < 0x100) {
      out.write(0x81);
      out.write(length);
    } else {
      out.write(0x82);
      out.write(length >> 8);
      out.write(length);
    }
    out.writeBytes(content);
    return out.toByteArray();
  }
}
