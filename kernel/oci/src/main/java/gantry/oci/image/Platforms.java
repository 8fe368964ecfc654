// SPDX-License-Identifier: Apache-2.0
package gantry.oci.image;

import gantry.errors.InvalidArgumentException;
import gantry.oci.Platform;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/** Platforms in the words of clients and of images. */
public final class Platforms {
  private static final Pattern PART = Pattern.compile("[A-Za-z0-9_.-]+");
  private static final Set<String> SYSTEMS =
      Set.of(
          "aix",
          "android",
          "darwin",
          "dragonfly",
          "freebsd",
          "illumos",
          "ios",
          "js",
          "linux",
          "netbsd",
          "openbsd",
          "plan9",
          "solaris",
          "wasip1",
          "windows",
          "zos");
  private static final Set<String> ARCHITECTURES =
      Set.of(
          "386",
          "amd64",
          "arm",
          "arm64",
          "loong64",
          "mips",
          "mipsle",
          "mips64",
          "mips64le",
          "ppc64",
          "ppc64le",
          "riscv64",
          "s390x",
          "wasm");

  private Platforms() {}

  /**
   * Reads {@code os}, {@code architecture}, {@code os/architecture} or {@code
   * os/architecture/variant}; what is not said is the host's.
   *
   * @throws InvalidArgumentException if it is none of these
   */
  public static Platform parse(String text) {
    List<String> parts = List.of(text.split("/", -1));
    for (String part : parts) {
      if (!PART.matcher(part).matches()) {
        throw new InvalidArgumentException(
            "parse platform \"%s\": \"%s\" is no part of os/architecture/variant"
                .formatted(text, part));
      }
    }
    return switch (parts.size()) {
      case 1 -> single(text);
      case 2 -> asked(new Platform(parts.get(0), parts.get(1), ""));
      case 3 -> {
        Platform full = normalized(new Platform(parts.get(0), parts.get(1), parts.get(2)));
        boolean arm64 = full.architecture().equals("arm64") && full.variant().isEmpty();
        yield arm64 ? new Platform(full.os(), "arm64", "v8") : full;
      }
      default ->
          throw new InvalidArgumentException(
              "parse platform \"%s\": it has more than os/architecture/variant".formatted(text));
    };
  }

  /**
   * The one spelling of a platform: lower case, Go's names, the usual variant of amd64 and arm64
   * empty and that of arm {@code v7}; no operating system means linux.
   */
  public static Platform normalized(Platform platform) {
    String os = platform.os().isEmpty() ? "linux" : platform.os().toLowerCase(Locale.ROOT);
    String architecture = platform.architecture().toLowerCase(Locale.ROOT);
    String variant = platform.variant().toLowerCase(Locale.ROOT);
    if (os.equals("macos")) {
      os = "darwin";
    }
    return switch (architecture) {
      case "i386" -> new Platform(os, "386", "");
      case "x86_64", "x86-64", "amd64" ->
          new Platform(os, "amd64", variant.equals("v1") ? "" : variant);
      case "aarch64", "arm64" -> new Platform(os, "arm64", arm64Variant(variant));
      case "armhf" -> new Platform(os, "arm", "v7");
      case "armel" -> new Platform(os, "arm", "v6");
      case "arm" -> new Platform(os, "arm", armVariant(variant));
      default -> new Platform(os, architecture, variant);
    };
  }

  /** The one spelling of the platform of an image. */
  public static ImagePlatform normalized(ImagePlatform platform) {
    return new ImagePlatform(
        normalized(platform.platform()), platform.osVersion(), platform.osFeatures());
  }

  private static Platform single(String text) {
    Platform host = Platform.host();
    String os = normalized(new Platform(text, "", "")).os();
    if (SYSTEMS.contains(os)) {
      return new Platform(os, host.architecture(), "");
    }
    Platform architecture = asked(new Platform(host.os(), text, ""));
    if (ARCHITECTURES.contains(architecture.architecture())) {
      return architecture;
    }
    throw new InvalidArgumentException(
        "parse platform \"%s\": unknown operating system or architecture".formatted(text));
  }

  /** Without the variant that goes without saying. */
  private static Platform asked(Platform platform) {
    Platform normalized = normalized(platform);
    boolean usual = normalized.architecture().equals("arm") && normalized.variant().equals("v7");
    return usual ? new Platform(normalized.os(), "arm", "") : normalized;
  }

  private static String arm64Variant(String variant) {
    return switch (variant) {
      case "8", "v8", "v8.0" -> "";
      case "9", "9.0", "v9.0" -> "v9";
      default -> variant;
    };
  }

  private static String armVariant(String variant) {
    return switch (variant) {
      case "", "7" -> "v7";
      case "5", "6", "8" -> "v" + variant;
      default -> variant;
    };
  }
}
