// SPDX-License-Identifier: Apache-2.0
package gantry.cli.transfer;

import gantry.cli.command.Arguments;
import gantry.cli.command.Grammar;
import gantry.oci.Platform;
import gantry.oci.image.Platforms;
import java.util.List;

/** The options that name platforms. */
public final class PlatformOptions {
  private PlatformOptions() {}

  /**
   * Adds the options.
   *
   * @param verb what is done with those named, for the help
   * @param all what naming none of them by {@code --all-platforms} means, for the help
   */
  public static void grammar(Grammar grammar, String verb, String all) {
    grammar
        .values("platform", "OS/ARCH", "which to " + verb + "; may be given often")
        .flag("all-platforms", all);
  }

  /** Those given, in their order. */
  public static List<Platform> platforms(Arguments arguments) {
    return arguments.values("platform").stream().map(Platforms::parse).toList();
  }
}
