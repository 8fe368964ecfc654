// SPDX-License-Identifier: Apache-2.0
package gantry.oci;

/** Operating system, architecture and variant, in Go's names; the variant may be empty. */
public record Platform(String os, String architecture, String variant) {
  /** The platform this daemon runs on. */
  public static Platform host() {
    String arch = System.getProperty("os.arch", "");
    return switch (arch) {
      case "amd64", "x86_64" -> new Platform("linux", "amd64", "");
      case "aarch64" -> new Platform("linux", "arm64", "v8");
      default -> new Platform("linux", arch, "");
    };
  }

  @Override
  public String toString() {
    return variant.isEmpty() ? os + "/" + architecture : os + "/" + architecture + "/" + variant;
  }
}
