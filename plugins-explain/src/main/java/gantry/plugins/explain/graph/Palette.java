// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.explain.graph;

import java.util.List;
import java.util.Map;

/** A colour for each family of plugins; the same one always. */
final class Palette {
  private static final Map<String, Colour> KNOWN =
      Map.ofEntries(
          Map.entry("server", new Colour("#37474f", "#e3e9ec")),
          Map.entry("grpc", new Colour("#1565c0", "#e3f0fd")),
          Map.entry("metadata", new Colour("#6a1b9a", "#f3e5f7")),
          Map.entry("content", new Colour("#2e7d32", "#e6f4e7")),
          Map.entry("snapshotter", new Colour("#00796b", "#dff2f0")),
          Map.entry("differ", new Colour("#827717", "#f7f6dd")),
          Map.entry("gc", new Colour("#8d6e63", "#f1ebe8")),
          Map.entry("transfer", new Colour("#d84315", "#fcebe5")),
          Map.entry("streaming", new Colour("#ad1457", "#fbe6ef")),
          Map.entry("runtime", new Colour("#ef6c00", "#fff1de")),
          Map.entry("internal", new Colour("#546e7a", "#eceff1")));

  private static final List<Colour> OTHERS =
      List.of(
          new Colour("#4527a0", "#ece7f6"),
          new Colour("#00838f", "#e0f4f6"),
          new Colour("#558b2f", "#eef5e7"),
          new Colour("#9e9d24", "#f9f9e3"),
          new Colour("#283593", "#e7e9f5"),
          new Colour("#6d4c41", "#efe9e7"));

  private Palette() {}

  static Colour of(String family) {
    Colour known = KNOWN.get(family);
    return known != null ? known : OTHERS.get(Math.floorMod(family.hashCode(), OTHERS.size()));
  }

  /** A strong one for lines, a light one for areas. */
  record Colour(String strong, String light) {}
}
