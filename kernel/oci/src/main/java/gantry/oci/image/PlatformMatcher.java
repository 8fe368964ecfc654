// SPDX-License-Identifier: Apache-2.0
package gantry.oci.image;

import gantry.oci.Platform;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedSet;

/**
 * Chooses among platforms. An image that needs features of the operating system never matches.
 * Immutable.
 */
public final class PlatformMatcher {
  /** Takes everything, preferring nothing. */
  public static final PlatformMatcher ALL = new PlatformMatcher(List.of());

  private static final int AMD64_MIN = 1;
  private static final int ARM_MIN = 5;

  /** Normalized, best first; empty takes everything. */
  private final List<Platform> accepted;

  private PlatformMatcher(List<Platform> accepted) {
    this.accepted = accepted;
  }

  /**
   * Takes what a machine of one of these platforms can run: older variants of an architecture and
   * the 32 bit architecture below it too, each worse than the one before. No platform takes
   * everything.
   */
  public static PlatformMatcher of(List<Platform> platforms) {
    SequencedSet<Platform> accepted = new LinkedHashSet<>();
    platforms.forEach(platform -> accepted.addAll(runnable(Platforms.normalized(platform))));
    return platforms.isEmpty() ? ALL : new PlatformMatcher(List.copyOf(accepted));
  }

  /** Takes just these platforms, the first the best. No platform takes everything. */
  public static PlatformMatcher exactly(List<Platform> platforms) {
    return new PlatformMatcher(platforms.stream().map(Platforms::normalized).distinct().toList());
  }

  /** Whether it is taken. */
  public boolean matches(ImagePlatform platform) {
    return accepted.isEmpty() || rank(platform) < accepted.size();
  }

  /** Best first, what does not match last; equals keep their order in a stable sort. */
  public Comparator<ImagePlatform> order() {
    return Comparator.comparingInt(this::rank);
  }

  private int rank(ImagePlatform platform) {
    if (accepted.isEmpty()) {
      return 0;
    }
    int rank = accepted.indexOf(Platforms.normalized(platform.platform()));
    return rank < 0 || !platform.osFeatures().isEmpty() ? accepted.size() : rank;
  }

  private static List<Platform> runnable(Platform platform) {
    return switch (platform.architecture()) {
      case "amd64" -> amd64(platform);
      case "arm" -> arm(platform);
      case "arm64" -> arm64(platform);
      default -> List.of(platform);
    };
  }

  private static List<Platform> amd64(Platform platform) {
    List<Platform> platforms = new ArrayList<>();
    platforms.add(platform);
    platforms.addAll(older(platform, AMD64_MIN));
    platforms.add(new Platform(platform.os(), "386", ""));
    return platforms.stream().map(Platforms::normalized).toList();
  }

  private static List<Platform> arm(Platform platform) {
    List<Platform> platforms = new ArrayList<>();
    platforms.add(platform);
    platforms.addAll(older(platform, ARM_MIN));
    return platforms;
  }

  /**
   * An arm64 of 9.n runs 8.(n+5) and less; every arm64 may run 32 bit arm of version 8 and less.
   */
  private static List<Platform> arm64(Platform platform) {
    List<Platform> platforms = new ArrayList<>();
    String variant = platform.variant().isEmpty() ? "v8" : platform.variant();
    int dot = variant.indexOf('.');
    int major = number(dot < 0 ? variant : variant.substring(0, dot));
    int minor = dot < 0 ? 0 : number("v" + variant.substring(dot + 1));
    boolean known =
        (major == 8 && minor >= 0 && minor <= 9) || (major == 9 && minor >= 0 && minor <= 7);
    if (!known) {
      return List.of(platform);
    }
    if (major == 9) {
      addMinors(platforms, platform.os(), 9, minor);
    }
    addMinors(platforms, platform.os(), 8, major == 9 ? Math.min(minor + 5, 9) : minor);
    platforms.addAll(arm(new Platform(platform.os(), "arm", "v8")));
    return platforms.stream().map(Platforms::normalized).toList();
  }

  private static void addMinors(List<Platform> platforms, String os, int major, int from) {
    for (int minor = from; minor >= 0; minor--) {
      String variant = minor == 0 ? "v" + major : "v" + major + "." + minor;
      platforms.add(new Platform(os, "arm64", variant));
    }
  }

  private static List<Platform> older(Platform platform, int least) {
    List<Platform> older = new ArrayList<>();
    for (int version = number(platform.variant()) - 1; version >= least; version--) {
      older.add(new Platform(platform.os(), platform.architecture(), "v" + version));
    }
    return older;
  }

  /** The number of {@code v8}, or -1; at most two digits, so that no list gets long. */
  private static int number(String variant) {
    boolean number = variant.matches("v[0-9]{1,2}");
    return number ? Integer.parseInt(variant.substring(1)) : -1;
  }
}
