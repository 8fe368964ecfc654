// SPDX-License-Identifier: Apache-2.0
package gantry.oci;

import gantry.errors.InvalidArgumentException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * A content digest {@code algorithm:hex} of the OCI image specification. sha256, sha384 and sha512
 * are known.
 */
public record Digest(String algorithm, String hex) implements Comparable<Digest> {
  private static final Pattern HEX = Pattern.compile("[a-f0-9]+");

  /** Validates algorithm and length. */
  public Digest {
    int length =
        switch (algorithm) {
          case "sha256" -> 64;
          case "sha384" -> 96;
          case "sha512" -> 128;
          default ->
              throw new InvalidArgumentException(
                  "parse digest \"%s:%s\": unsupported digest algorithm".formatted(algorithm, hex));
        };
    if (hex.length() != length || !HEX.matcher(hex).matches()) {
      throw new InvalidArgumentException(
          "parse digest \"%s:%s\": invalid checksum digest length or format"
              .formatted(algorithm, hex));
    }
  }

  /**
   * Parses {@code algorithm:hex}.
   *
   * @throws InvalidArgumentException if it is not a digest of a known algorithm
   */
  public static Digest parse(String text) {
    int colon = text.indexOf(':');
    if (colon <= 0 || colon == text.length() - 1) {
      throw new InvalidArgumentException(
          "parse digest \"%s\": invalid checksum digest format".formatted(text));
    }
    return new Digest(text.substring(0, colon), text.substring(colon + 1));
  }

  /** Takes the state of a finished hash computation. */
  public static Digest of(String algorithm, byte[] hash) {
    return new Digest(algorithm, HexFormat.of().formatHex(hash));
  }

  /** The sha256 digest of these bytes. */
  public static Digest sha256(byte[] bytes) {
    return of("sha256", hasher("sha256").digest(bytes));
  }

  /** The sha256 digest of what is left of a stream. */
  public static Digest sha256(InputStream in) throws IOException {
    MessageDigest hash = hasher("sha256");
    new DigestInputStream(in, hash).transferTo(OutputStream.nullOutputStream());
    return of("sha256", hash.digest());
  }

  /**
   * A fresh hash computation for an algorithm named as in a digest.
   *
   * @throws InvalidArgumentException if the algorithm is not known
   */
  public static MessageDigest hasher(String algorithm) {
    String name =
        switch (algorithm) {
          case "sha256" -> "SHA-256";
          case "sha384" -> "SHA-384";
          case "sha512" -> "SHA-512";
          default ->
              throw new InvalidArgumentException(
                  "hash content: unsupported digest algorithm \"%s\"".formatted(algorithm));
        };
    try {
      return MessageDigest.getInstance(name);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("the Java runtime lacks " + name, e);
    }
  }

  @Override
  public int compareTo(Digest other) {
    return toString().compareTo(other.toString());
  }

  @Override
  public String toString() {
    return algorithm + ":" + hex;
  }
}
