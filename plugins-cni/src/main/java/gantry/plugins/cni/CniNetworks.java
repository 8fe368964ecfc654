// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.cni;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gantry.doctor.Finding;
import gantry.doctor.Inspector;
import gantry.errors.GantryException;
import gantry.errors.InvalidArgumentException;
import gantry.errors.NotFoundException;
import gantry.networks.NetworkRequest;
import gantry.networks.NetworkResult;
import gantry.networks.Networks;
import gantry.plugins.Plugin;
import gantry.plugins.PluginDirectories;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/**
 * Networks that programs of the Container Network Interface make. A container gets loopback and
 * {@code eth0}, {@code eth1} … for each network in the order of their files.
 */
@Component(
    name = CniNetworks.PLUGIN,
    service = {Networks.class, Inspector.class},
    immediate = true)
@Plugin(CniNetworks.PLUGIN)
public final class CniNetworks implements Networks, Inspector {
  static final String PLUGIN = "io.containerd.internal.v1.cni";

  private static final Pattern CONTAINER_ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]*");

  /** Configuration. */
  @interface Config {
    /** Where the programs are, searched in order. */
    String[] binDirs() default {"/opt/cni/bin", "/usr/lib/cni"};

    /** Where the networks are described. */
    String confDir() default "/etc/cni/net.d";

    /** How many networks a container gets into, the first by their files' names; 0 for all. */
    int maxConfNum() default 1;

    /** Seconds after which a program is killed. */
    int pluginTimeoutSeconds() default 60;
  }

  private final NetworkDirectory directory;
  private final AttachmentStore store;
  private final PluginChain chain;
  private final NetworkInspection inspection;

  /** Takes directories and configuration; nothing is read before the first call. */
  @Activate
  public CniNetworks(@Reference PluginDirectories directories, Config config) {
    this(
        directories.root(PLUGIN),
        new NetworkDirectory(Path.of(config.confDir()), config.maxConfNum()),
        Arrays.stream(config.binDirs()).map(Path::of).toList(),
        Duration.ofSeconds(config.pluginTimeoutSeconds()));
  }

  CniNetworks(Path root, NetworkDirectory directory, List<Path> programs, Duration limit) {
    this.directory = directory;
    this.store = new AttachmentStore(root);
    this.chain = new PluginChain(new PluginRunner(programs, limit));
    this.inspection = new NetworkInspection(store, this::detach);
  }

  @Override
  public List<String> names() {
    return directory.read().stream().map(NetworkConfig::name).toList();
  }

  @Override
  public NetworkResult attach(NetworkRequest request) {
    requireId(request.containerId());
    List<Attachment> wanted = wanted(request);
    store.begin(request);
    try {
      Results results = new Results();
      for (int i = 0; i < wanted.size(); i++) {
        store.put(i, wanted.get(i));
        Attachment made = chain.add(wanted.get(i));
        store.put(i, made);
        if (i > 0) {
          results.add(made);
        }
      }
      return results.all();
    } catch (GantryException e) {
      undo(request.containerId(), e);
      throw e;
    }
  }

  @Override
  public void check(String containerId) {
    requireId(containerId);
    List<Attachment> attachments = store.list(containerId);
    if (attachments.isEmpty()) {
      throw new NotFoundException(
          "check networks of %s: it is not attached".formatted(containerId));
    }
    attachments.forEach(chain::check);
  }

  @Override
  public void detach(String containerId) {
    requireId(containerId);
    store.list(containerId).reversed().forEach(chain::delete);
    store.end(containerId);
  }

  @Override
  public Set<String> kinds() {
    return inspection.kinds();
  }

  @Override
  public List<Finding> inspect() throws IOException {
    return inspection.inspect();
  }

  @Override
  public void mend(Finding finding) throws IOException {
    inspection.mend(finding);
  }

  private void undo(String containerId, GantryException failure) {
    try {
      detach(containerId);
    } catch (GantryException e) {
      failure.addSuppressed(e);
    }
  }

  private List<Attachment> wanted(NetworkRequest request) {
    List<Attachment> wanted = new ArrayList<>();
    wanted.add(new Attachment(request, loopback(), "lo", null));
    for (NetworkConfig network : directory.read()) {
      wanted.add(new Attachment(request, network, "eth" + (wanted.size() - 1), null));
    }
    return wanted;
  }

  private static NetworkConfig loopback() {
    ObjectNode json = new ObjectMapper().createObjectNode();
    json.put("cniVersion", "0.3.1");
    json.put("name", "cni-loopback");
    json.putArray("plugins").addObject().put("type", "loopback");
    return new NetworkConfig(json);
  }

  private static void requireId(String containerId) {
    if (!CONTAINER_ID.matcher(containerId).matches()) {
      throw new InvalidArgumentException(
          "networks of \"%s\": a container id must match %s".formatted(containerId, CONTAINER_ID));
    }
  }
}
