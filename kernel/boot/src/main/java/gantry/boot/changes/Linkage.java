// SPDX-License-Identifier: Apache-2.0
package gantry.boot.changes;

import java.net.URL;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.namespace.ExecutionEnvironmentNamespace;
import org.osgi.framework.namespace.PackageNamespace;
import org.osgi.framework.wiring.BundleCapability;
import org.osgi.framework.wiring.BundleRequirement;
import org.osgi.framework.wiring.BundleRevision;
import org.osgi.framework.wiring.FrameworkWiring;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds everything that a bundle needs, and says what it does not find. */
final class Linkage {
  private static final Pattern PACKAGE = Pattern.compile("osgi\\.wiring\\.package=([^)]+)\\)");
  private static final Pattern FROM = Pattern.compile("\\(version>=([^)]+)\\)");
  private static final Pattern BELOW = Pattern.compile("\\(!\\(version>=([^)]+)\\)\\)");
  private static final Pattern JAVA = Pattern.compile("\\(version=([^)]+)\\)");

  private static final Logger LOG = LoggerFactory.getLogger(Linkage.class);

  private final BundleContext context;

  Linkage(BundleContext context) {
    this.context = context;
  }

  /**
   * Gives a bundle the packages it imports.
   *
   * @throws Refusal naming those that are missing
   */
  void resolve(Bundle bundle) throws Refusal {
    FrameworkWiring wiring = context.getBundle(0).adapt(FrameworkWiring.class);
    if (wiring.resolveBundles(List.of(bundle))) {
      return;
    }
    Set<String> missing = new TreeSet<>();
    for (BundleRequirement requirement :
        bundle.adapt(BundleRevision.class).getDeclaredRequirements(null)) {
      if (wiring.findProviders(requirement).isEmpty()) {
        missing.add(describe(bundle, requirement));
      }
    }
    throw Refusal.state(
        missing.isEmpty() ? "what it imports does not fit together" : String.join("; ", missing));
  }

  /**
   * Loads all classes of a bundle, so that none is missing later, and none must be read from a jar
   * that is gone.
   *
   * @param strict whether what the classes only mention must be there too
   * @return how many other classes they mention
   */
  int load(Bundle bundle, Collection<String> classes, boolean strict) throws Refusal {
    long methods = 0;
    for (String name : classes) {
      try {
        // Asking for the methods links the class, and so verifies it.
        methods += bundle.loadClass(name).getDeclaredMethods().length;
      } catch (ClassNotFoundException e) {
        throw Refusal.state("class %s cannot be loaded: %s".formatted(name, e.getMessage()));
      } catch (NoClassDefFoundError e) {
        if (String.valueOf(e.getMessage()).contains("wrong name")) {
          throw unsound(name, e);
        }
        throw missing(bundle, name, String.valueOf(e.getMessage()).replace('/', '.'));
      } catch (LinkageError e) {
        throw unsound(name, e);
      }
    }
    LOG.debug("{} has {} methods", bundle, methods);
    return strict ? new Mentions(bundle, Set.copyOf(classes)).check(this) : 0;
  }

  /**
   * Loads what a bundle has not loaded yet, as far as it can be: calls that stay in it when it is
   * replaced must not need its jar.
   */
  void loadRest(Bundle bundle) {
    Enumeration<URL> entries = bundle.findEntries("/", "*.class", true);
    for (URL entry : entries == null ? List.<URL>of() : Collections.list(entries)) {
      String path = entry.getPath().substring(1);
      try {
        bundle.loadClass(path.substring(0, path.length() - ".class".length()).replace('/', '.'));
      } catch (ClassNotFoundException | LinkageError | IllegalStateException e) {
        LOG.debug("{} does not load {}", bundle, path, e);
      }
    }
  }

  private static Refusal unsound(String name, LinkageError error) {
    return Refusal.state(
        "class %s is not sound: %s"
            .formatted(
                name,
                String.valueOf(error.getMessage()).lines().findFirst().orElse("no reason given")));
  }

  /** Says which class lacks which. */
  Refusal missing(Bundle bundle, String user, String wanted) {
    String path = wanted.replace('.', '/') + ".class";
    Bundle owner = owner(bundle, path);
    return owner == null
        ? Refusal.state("class %s needs class %s, which no bundle offers".formatted(user, wanted))
        : Refusal.state(
            ("class %s needs class %s, which bundle %s keeps for itself; plugins meet through"
                    + " contracts")
                .formatted(user, wanted, owner.getSymbolicName()));
  }

  private @Nullable Bundle owner(Bundle besides, String entry) {
    for (Bundle bundle : context.getBundles()) {
      if (bundle.getBundleId() != 0
          && !String.valueOf(bundle.getSymbolicName()).equals(besides.getSymbolicName())
          && bundle.getEntry(entry) != null) {
        return bundle;
      }
    }
    return null;
  }

  private String describe(Bundle needy, BundleRequirement requirement) {
    String filter = requirement.getDirectives().getOrDefault(Constants.FILTER_DIRECTIVE, "");
    return switch (requirement.getNamespace()) {
      case PackageNamespace.PACKAGE_NAMESPACE ->
          missingPackage(needy, first(PACKAGE, filter), filter);
      case ExecutionEnvironmentNamespace.EXECUTION_ENVIRONMENT_NAMESPACE ->
          "it needs Java %s, this daemon runs Java %d"
              .formatted(first(JAVA, filter), Runtime.version().feature());
      default ->
          "it needs %s %s, which nobody offers".formatted(requirement.getNamespace(), filter);
    };
  }

  private String missingPackage(Bundle needy, String name, String filter) {
    List<String> offered = offered(name);
    if (!offered.isEmpty()) {
      String below = first(BELOW, filter);
      return "it imports package %s from version %s%s, the daemon has %s"
          .formatted(
              name,
              first(FROM, filter),
              below.isEmpty() ? " on" : " to below " + below,
              String.join(", ", offered));
    }
    for (Bundle bundle : context.getBundles()) {
      if (bundle.getBundleId() != 0
          && !needy.getSymbolicName().equals(bundle.getSymbolicName())
          && bundle.findEntries(name.replace('.', '/'), "*.class", false) != null
          && bundle.getState() != Bundle.INSTALLED) {
        return "it imports package %s, which bundle %s keeps for itself; plugins meet through contracts"
            .formatted(name, bundle.getSymbolicName());
      }
    }
    return "it imports package %s, which the daemon does not have".formatted(name);
  }

  private List<String> offered(String name) {
    List<String> versions = new ArrayList<>();
    for (BundleCapability capability :
        context
            .getBundle(0)
            .adapt(BundleRevision.class)
            .getDeclaredCapabilities(PackageNamespace.PACKAGE_NAMESPACE)) {
      if (name.equals(capability.getAttributes().get(PackageNamespace.PACKAGE_NAMESPACE))) {
        versions.add(String.valueOf(capability.getAttributes().get(Constants.VERSION_ATTRIBUTE)));
      }
    }
    return versions;
  }

  private static String first(Pattern pattern, String text) {
    Matcher matcher = pattern.matcher(text);
    return matcher.find() ? matcher.group(1) : "";
  }
}
