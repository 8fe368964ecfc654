// SPDX-License-Identifier: Apache-2.0
package gantry.boot.changes;

import gantry.plugins.Admitted;
import gantry.plugins.ChangeOptions;
import gantry.plugins.Handle;
import gantry.plugins.PluginChange.Kind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.Constants;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;

/** Whether a jar may take a place among the bundles that are there, and what that would touch. */
final class Eligibility {
  private static final Set<String> OURS = Set.of(Handle.class.getName(), Admitted.class.getName());

  private final Parts parts;
  private final Kind kind;
  private final ChangeOptions options;

  Eligibility(Parts parts, Kind kind, ChangeOptions options) {
    this.parts = parts;
    this.kind = kind;
    this.options = options;
  }

  /**
   * Judges.
   *
   * @param old what serves; null if nothing does
   * @return what would be touched, in words
   * @throws Refusal if it may not
   */
  String judge(BundleJar jar, @Nullable Bundle old) throws Refusal, IOException {
    Rooms.checkFloor(jar.name());
    if (old == null) {
      if (kind == Kind.SWAP) {
        throw Refusal.absent("there is no bundle %s to swap; install it".formatted(jar.name()));
      }
      checkOwners(jar, null);
      return "%s %s; plugins: %s".formatted(jar.name(), jar.version(), words(jar.plugins()));
    }
    if (kind == Kind.INSTALL) {
      throw Refusal.present(
          "bundle %s %s is there; swap it instead".formatted(jar.name(), old.getVersion()));
    }
    if (kind == Kind.SWAP) {
      checkNewer(jar, old);
    }
    checkOwners(jar, old);
    return touched(jar, old);
  }

  private void checkNewer(BundleJar jar, Bundle old) throws Refusal, IOException {
    Path running = parts.rooms().jar(jar.name());
    if (running != null && Fetcher.digest(running).equals(jar.sha256())) {
      throw Refusal.state("it is the jar that already runs");
    }
    if (jar.version().compareTo(old.getVersion()) < 0 && !options.force()) {
      throw Refusal.state(
          "it is older than %s, which runs; roll back, or go on by force"
              .formatted(old.getVersion()));
    }
  }

  private void checkOwners(BundleJar jar, @Nullable Bundle old) throws Refusal {
    for (Bundle bundle : parts.rooms().all().toList()) {
      if (bundle.getBundleId() != 0 && !bundle.equals(old)) {
        for (String plugin : Declared.plugins(Rooms.declared(bundle))) {
          if (jar.plugins().contains(plugin)) {
            throw Refusal.state(
                "plugin %s is in bundle %s already".formatted(plugin, bundle.getSymbolicName()));
          }
        }
      }
    }
    for (String plugin : jar.plugins()) {
      checkServices(plugin, old);
    }
  }

  /** Some plugins are no components: those that stand for other processes. */
  private void checkServices(String plugin, @Nullable Bundle old) throws Refusal {
    try {
      ServiceReference<?>[] services =
          parts.context().getAllServiceReferences(null, "(%s=%s)".formatted(Handle.PLUGIN, plugin));
      for (ServiceReference<?> service : services == null ? new ServiceReference<?>[0] : services) {
        Bundle owner = service.getBundle();
        boolean ours =
            service.getProperty(Constants.OBJECTCLASS) instanceof String[] types
                && Arrays.stream(types).anyMatch(OURS::contains);
        if (owner != null
            && !ours
            && !owner.equals(old)
            && !parts.rooms().isAside(owner.getBundleId())) {
          throw Refusal.state(
              "plugin %s is offered by bundle %s already"
                  .formatted(plugin, owner.getSymbolicName()));
        }
      }
    } catch (InvalidSyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private String touched(BundleJar jar, Bundle old) throws Refusal {
    List<String> before = Declared.plugins(Rooms.declared(old));
    List<String> come = without(jar.plugins(), before);
    List<String> go = without(before, jar.plugins());
    List<String> orphans = parts.dependents().of(old, go);
    if (!orphans.isEmpty() && !options.force()) {
      throw Refusal.state(
          "it lacks plugin %s, which %s cannot do without; go on by force"
              .formatted(words(go), words(orphans)));
    }
    List<String> users = parts.dependents().of(old, before);
    List<String> text = new ArrayList<>();
    text.add("%s %s in place of %s".formatted(jar.name(), jar.version(), old.getVersion()));
    text.add("plugins: " + words(jar.plugins()));
    if (!come.isEmpty()) {
      text.add("new: " + words(come));
    }
    if (!go.isEmpty()) {
      text.add("gone: " + words(go));
    }
    text.add("needed by: " + words(users));
    String exclusive = Replacement.exclusive(old, jar);
    text.add(
        exclusive.isEmpty()
            ? "both are active for a moment, no call waits"
            : "one after the other, because plugin %s allows one version only: calls wait"
                .formatted(exclusive));
    return String.join("; ", text);
  }

  private static List<String> without(List<String> all, List<String> others) {
    return all.stream().filter(plugin -> !others.contains(plugin)).toList();
  }

  private static String words(List<String> names) {
    return names.isEmpty() ? "none" : String.join(", ", names);
  }
}
