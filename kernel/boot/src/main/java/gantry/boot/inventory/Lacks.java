// SPDX-License-Identifier: Apache-2.0
package gantry.boot.inventory;

import java.util.ArrayList;
import java.util.List;
import org.osgi.framework.Bundle;
import org.osgi.framework.Constants;
import org.osgi.framework.namespace.ExecutionEnvironmentNamespace;
import org.osgi.framework.namespace.PackageNamespace;
import org.osgi.framework.wiring.BundleRequirement;
import org.osgi.framework.wiring.BundleRevision;
import org.osgi.framework.wiring.FrameworkWiring;
import org.osgi.resource.Namespace;

/** What a bundle that does not resolve asks for and nobody has. */
final class Lacks {
  private Lacks() {}

  /**
   * In words, one item each; empty if all is there.
   *
   * @param system the framework's own bundle
   */
  static List<String> of(Bundle bundle, Bundle system) {
    List<String> lacks = new ArrayList<>();
    BundleRevision revision = bundle.adapt(BundleRevision.class);
    FrameworkWiring wiring = system.adapt(FrameworkWiring.class);
    if (revision == null || wiring == null) {
      return lacks;
    }
    for (BundleRequirement requirement : revision.getDeclaredRequirements(null)) {
      if (isNeeded(requirement) && wiring.findProviders(requirement).isEmpty()) {
        lacks.add(words(requirement));
      }
    }
    return lacks;
  }

  private static boolean isNeeded(BundleRequirement requirement) {
    String effective = requirement.getDirectives().get(Namespace.REQUIREMENT_EFFECTIVE_DIRECTIVE);
    String resolution = requirement.getDirectives().get(Constants.RESOLUTION_DIRECTIVE);
    return (effective == null || effective.equals(Namespace.EFFECTIVE_RESOLVE))
        && !Constants.RESOLUTION_OPTIONAL.equals(resolution)
        && !"dynamic".equals(resolution);
  }

  private static String words(BundleRequirement requirement) {
    String namespace = requirement.getNamespace();
    String filter = requirement.getDirectives().getOrDefault(Constants.FILTER_DIRECTIVE, "");
    return switch (namespace) {
      case PackageNamespace.PACKAGE_NAMESPACE ->
          "package %s %s".formatted(Targets.value(filter, namespace), versions(filter)).strip();
      case ExecutionEnvironmentNamespace.EXECUTION_ENVIRONMENT_NAMESPACE ->
          "Java " + Targets.value(filter, "version");
      default -> "%s %s".formatted(namespace, filter).strip();
    };
  }

  private static String versions(String filter) {
    int version = filter.indexOf("(version");
    return version < 0 ? "" : filter.substring(version, filter.length() - 1);
  }
}
