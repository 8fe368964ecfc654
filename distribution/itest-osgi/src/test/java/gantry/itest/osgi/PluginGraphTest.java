// SPDX-License-Identifier: Apache-2.0
package gantry.itest.osgi;

import static org.assertj.core.api.Assertions.assertThat;

import gantry.plugins.Handle;
import gantry.plugins.PluginDetail;
import gantry.plugins.PluginGuide;
import gantry.plugins.PluginGuide.Format;
import gantry.plugins.PluginInventory;
import gantry.plugins.PluginReference;
import gantry.plugins.PluginStatus.State;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import javax.inject.Inject;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerClass;
import org.ops4j.pax.exam.util.Filter;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.namespace.PackageNamespace;
import org.osgi.framework.wiring.BundleWire;
import org.osgi.framework.wiring.BundleWiring;

/** Who asks whom: every plugin has what it needs, by contracts alone, and nobody in a circle. */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class PluginGraphTest {
  @Inject private BundleContext context;
  @Inject private PluginInventory inventory;

  @Inject
  @Filter("(contract=gantry.plugins.PluginGuide)")
  private Handle<PluginGuide> guide;

  /** Called by Pax Exam outside the framework. */
  @Configuration
  public Option[] framework() throws IOException {
    return new Option[] {Installation.framework("g")};
  }

  @Test
  public void pluginsThatServe_haveAllTheyNeed() {
    List<PluginDetail> plugins = inventory.details();
    assertThat(plugins).hasSizeGreaterThan(20);
    for (PluginDetail plugin : plugins) {
      if (plugin.status().state() == State.OK) {
        assertThat(plugin.references())
            .as("%s", plugin.status().uri())
            .allMatch(reference -> reference.optional() || reference.satisfied());
      } else {
        assertThat(plugin.status().state()).as("%s", plugin).isEqualTo(State.SKIP);
      }
    }
  }

  @Test
  public void contracts_areNobodysClasses() {
    List<Bundle> bundles = new Plugins(context).bundles();
    for (PluginDetail plugin : inventory.details()) {
      for (PluginReference reference : plugin.references()) {
        String file = reference.wanted().replace('.', '/') + ".class";
        for (Bundle bundle : bundles) {
          if (!bundle.getSymbolicName().equals(plugin.bundle())) {
            assertThat(bundle.getEntry(file))
                .as("%s asks for a class of %s", plugin.status().uri(), bundle)
                .isNull();
          }
        }
      }
    }
  }

  @Test
  public void packages_comeFromTheFloorOnly() {
    for (Bundle bundle : new Plugins(context).bundles()) {
      for (BundleWire wire :
          bundle.adapt(BundleWiring.class).getRequiredWires(PackageNamespace.PACKAGE_NAMESPACE)) {
        assertThat(wire.getProvider().getBundle().getSymbolicName())
            .as("%s", wire)
            .doesNotStartWith("gantry.plugins.");
      }
    }
  }

  @Test
  public void needs_runInNoCircle() {
    Map<String, Set<String>> needs = new TreeMap<>();
    for (PluginDetail plugin : inventory.details()) {
      Set<String> providers =
          needs.computeIfAbsent(plugin.status().uri().toString(), uri -> new HashSet<>());
      plugin.references().stream()
          .filter(reference -> !reference.optional())
          .forEach(reference -> providers.addAll(reference.providers()));
    }
    assertThat(needs.values()).anyMatch(providers -> !providers.isEmpty());
    // Whoever needs nobody who is left may go; a circle is what nobody of can go.
    Deque<String> free = new ArrayDeque<>();
    do {
      free.clear();
      needs.forEach(
          (plugin, providers) -> {
            if (providers.stream().noneMatch(needs::containsKey)) {
              free.add(plugin);
            }
          });
      needs.keySet().removeAll(new ArrayList<>(free));
    } while (!free.isEmpty());
    assertThat(needs).isEmpty();
  }

  @Test
  public void guide_knowsThemAll() {
    String tree = guide.call(all -> all.graph(Format.TREE));
    String dot = guide.call(all -> all.graph(Format.DOT));
    String svg = guide.call(all -> all.graph(Format.SVG));
    for (PluginDetail plugin : inventory.details()) {
      String uri = plugin.status().uri().toString();
      assertThat(tree).contains(uri);
      assertThat(dot).contains(uri);
      String why = guide.call(all -> all.why(uri));
      assertThat(why).contains(uri);
    }
    assertThat(dot).startsWith("digraph");
    assertThat(svg).contains("<svg").contains("</svg>");
  }
}
