// SPDX-License-Identifier: Apache-2.0
package gantry.cli.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gantry.cli.command.Arguments;
import gantry.cli.command.Json;
import gantry.cli.command.LabelWords;
import gantry.cli.command.UsageException;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The specification of one container: defaults, then its image, then the options. */
final class SpecBuilder {
  private final Arguments arguments;
  private final ObjectNode spec;

  SpecBuilder(Arguments arguments, String namespace, String id) {
    this.arguments = arguments;
    this.spec = DefaultSpec.of(namespace, id);
  }

  /** Takes what an image says of its process: the {@code config} of its configuration. */
  SpecBuilder image(JsonNode config) {
    environment(strings(config.path("Env")));
    List<String> command = strings(config.path("Entrypoint"));
    command.addAll(strings(config.path("Cmd")));
    process().set("args", Json.tree(command));
    String directory = config.path("WorkingDir").asText();
    if (!directory.isEmpty()) {
      process().put("cwd", directory);
    }
    return this;
  }

  /** Takes a directory of the host as root filesystem. */
  SpecBuilder rootfs(Path directory) {
    object("root").put("path", directory.toAbsolutePath().normalize().toString());
    return this;
  }

  /** Takes the user. */
  SpecBuilder user(ObjectNode user) {
    process().set("user", user);
    return this;
  }

  /** Takes the command, if there is one, and all options. */
  ObjectNode build(List<String> command) throws IOException {
    if (!command.isEmpty()) {
      process().set("args", Json.tree(command));
    }
    if (process().path("args").isEmpty()) {
      throw new UsageException("no command: neither the image nor the command line has one");
    }
    processOptions();
    filesystemOptions();
    new ResourceOptions(arguments, object("linux")).apply();
    securityOptions();
    arguments.find("cgroup").ifPresent(path -> object("linux").put("cgroupsPath", path));
    if (!arguments.values("annotation").isEmpty()) {
      spec.set("annotations", Json.tree(LabelWords.parse(arguments.values("annotation"))));
    }
    return spec;
  }

  private void processOptions() throws IOException {
    if (arguments.flag("tty")) {
      process().put("terminal", true);
      environment(List.of("TERM=xterm"));
    }
    if (arguments.find("env-file").isPresent()) {
      environment(Files.readAllLines(Path.of(arguments.value("env-file", ""))));
    }
    environment(arguments.values("env"));
    arguments.find("cwd").ifPresent(cwd -> process().put("cwd", cwd));
    arguments.find("hostname").ifPresent(name -> spec.put("hostname", name));
    arguments.find("rlimit-nofile").ifPresent(this::fileLimit);
    if (arguments.flag("allow-new-privs")) {
      process().put("noNewPrivileges", false);
    }
  }

  private void filesystemOptions() throws IOException {
    if (arguments.flag("read-only")) {
      object("root").put("readonly", true);
    }
    for (String mount : arguments.values("mount")) {
      mounts().add(MountOption.parse(mount));
    }
    arguments
        .find("rootfs-propagation")
        .ifPresent(mode -> object("linux").put("rootfsPropagation", mode));
    for (String device : arguments.values("device")) {
      Devices.add(spec, Path.of(device));
    }
  }

  private void securityOptions() throws IOException {
    List<String> capabilities = Capabilities.DEFAULT;
    if (arguments.flag("privileged")) {
      capabilities = Capabilities.own();
      Privileges.grant(spec);
    }
    process()
        .set(
            "capabilities",
            Capabilities.tree(
                Capabilities.changed(
                    capabilities, arguments.values("cap-add"), arguments.values("cap-drop"))));
    if (arguments.flag("net-host")) {
      shareNetwork();
    }
    for (String join : arguments.values("with-ns")) {
      String[] parts = join.split(":", 2);
      if (parts.length < 2) {
        throw new UsageException("--with-ns %s: want type:path".formatted(join));
      }
      removeNamespace(parts[0]);
      object("linux")
          .withArray("namespaces")
          .addObject()
          .put("type", parts[0])
          .put("path", parts[1]);
    }
  }

  private void shareNetwork() throws IOException {
    removeNamespace("network");
    for (String file : List.of("/etc/hosts", "/etc/resolv.conf")) {
      ObjectNode mount = MountOption.bind(file, file, List.of("rbind", "ro"));
      mounts().add(mount);
    }
    environment(List.of("HOSTNAME=" + InetAddress.getLocalHost().getHostName()));
  }

  private void removeNamespace(String type) {
    ArrayNode kept = Json.array();
    object("linux")
        .withArray("namespaces")
        .forEach(
            namespace -> {
              if (!namespace.path("type").asText().equals(type)) {
                kept.add(namespace);
              }
            });
    object("linux").set("namespaces", kept);
  }

  private void fileLimit(String text) {
    String[] parts = text.split(":", 2);
    try {
      ObjectNode limit = Json.object().put("type", "RLIMIT_NOFILE");
      limit.put("hard", Long.parseLong(parts[parts.length - 1]));
      limit.put("soft", Long.parseLong(parts[0]));
      process().set("rlimits", Json.array().add(limit));
    } catch (NumberFormatException malformed) {
      throw new UsageException("--rlimit-nofile %s: want soft[:hard]".formatted(text));
    }
  }

  /** Variables that are there already get the new value; one without a value is removed. */
  private void environment(List<String> additions) {
    Map<String, String> variables = new LinkedHashMap<>();
    strings(process().path("env")).forEach(entry -> variables.put(key(entry), entry));
    for (String entry : additions) {
      if (entry.isBlank()) {
        continue;
      }
      if (entry.contains("=")) {
        variables.put(key(entry), entry);
      } else {
        variables.remove(entry);
      }
    }
    process().set("env", Json.tree(variables.values()));
  }

  private static String key(String entry) {
    int equals = entry.indexOf('=');
    return equals < 0 ? entry : entry.substring(0, equals);
  }

  private ObjectNode process() {
    return object("process");
  }

  private ArrayNode mounts() {
    return spec.withArray("mounts");
  }

  private ObjectNode object(String name) {
    return (ObjectNode) spec.get(name);
  }

  private static List<String> strings(JsonNode array) {
    List<String> strings = new ArrayList<>();
    array.forEach(item -> strings.add(item.asText()));
    return strings;
  }
}
