// SPDX-License-Identifier: Apache-2.0
package gantry.boot;

import gantry.boot.config.ConfigException;
import gantry.boot.config.ConfigLoader;
import gantry.boot.config.DaemonConfig;
import gantry.boot.config.Flags;
import gantry.boot.config.Problem;
import gantry.boot.config.TomlWriter;
import gantry.boot.host.Identity;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.List;
import java.util.spi.ToolProvider;
import org.jspecify.annotations.Nullable;

/**
 * What the launcher needs of the kernel before there is a framework. The first argument is the
 * verb, the others are flags of the form {@code name=value}:
 *
 * <ul>
 *   <li>{@code settings} prints what the launcher goes by, one {@code name=value} a line
 *   <li>{@code default} and {@code dump} print a configuration
 *   <li>{@code version} prints a line
 * </ul>
 *
 * <p>The launcher also registers this object as a service, so that the kernel starts with the very
 * configuration that the launcher saw.
 */
public final class KernelTool implements ToolProvider {
  private volatile @Nullable Loaded loaded;

  /** Made by the service loader. */
  public KernelTool() {}

  @Override
  public String name() {
    return "gantry-kernel";
  }

  @Override
  public int run(PrintWriter out, PrintWriter err, String... arguments) {
    List<String> list = Arrays.asList(arguments);
    try {
      run(
          out,
          err,
          list.getFirst(),
          Flags.parse(list.subList(1, list.size()).toArray(String[]::new)));
      return 0;
    } catch (ConfigException e) {
      e.problems().forEach(problem -> err.println("gantryd: " + problem));
    } catch (IOException e) {
      err.println("gantryd: " + list.getFirst() + ": " + e);
    }
    return 1;
  }

  /** What {@code settings} loaded; null if it did not run. */
  @Nullable Loaded loaded() {
    return loaded;
  }

  private void run(PrintWriter out, PrintWriter err, String verb, Flags flags)
      throws IOException, ConfigException {
    switch (verb) {
      case "settings" -> {
        DaemonConfig config = ConfigLoader.load(flags);
        loaded = new Loaded(flags, config);
        out.println("root=" + config.root());
        out.println("state=" + config.state());
        out.println("temp=" + config.temp());
      }
      case "default" -> out.print(TomlWriter.write(ConfigLoader.defaults(flags.home()).tree()));
      case "dump" -> {
        DaemonConfig config = ConfigLoader.dump(flags);
        for (Problem warning : config.warnings()) {
          err.println("gantryd: warning: " + warning);
        }
        out.print(TomlWriter.write(config.tree()));
      }
      case "version" -> out.println(Identity.line(flags.home()));
      default -> throw new IllegalArgumentException("no verb " + verb);
    }
  }

  /** A configuration and the flags it was loaded with. */
  record Loaded(Flags flags, DaemonConfig config) {}
}
