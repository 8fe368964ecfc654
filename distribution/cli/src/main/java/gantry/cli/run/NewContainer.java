// SPDX-License-Identifier: Apache-2.0
package gantry.cli.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import containerd.runc.v1.Options;
import gantry.cli.command.Arguments;
import gantry.cli.command.Invocation;
import gantry.cli.command.Json;
import gantry.cli.command.LabelWords;
import gantry.cli.command.UsageException;
import gantry.cli.container.ContainerUser;
import gantry.cli.content.SnapshotterChoice;
import gantry.cli.image.ImageContent;
import gantry.cli.image.PlatformImage;
import gantry.cli.image.Unpacker;
import gantry.cli.image.WorkLease;
import gantry.client.GantryClient;
import gantry.containers.Container;
import gantry.errors.GantryException;
import gantry.labels.Labels;
import gantry.mounts.Mount;
import gantry.oci.Platform;
import gantry.typed.TypedValue;
import gantry.wire.AnyWire;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Makes a container record, and the snapshot it lives in, from the options of {@link SpecFlags}.
 */
final class NewContainer {
  private static final String STOP_SIGNAL = "io.containerd.image.config.stop-signal";
  private static final List<String> RESERVED = List.of("containerd.io/", "io.cri-containerd");

  private final Invocation invocation;
  private final Arguments arguments;
  private final boolean fromFile;
  private final String id;

  NewContainer(Invocation invocation) {
    this.invocation = invocation;
    this.arguments = invocation.arguments();
    this.fromFile = arguments.find("config").isPresent();
    int least = fromFile ? 1 : 2;
    if (arguments.all().size() < least) {
      throw new UsageException(
          fromFile
              ? "container id must be provided"
              : "image (or directory, with --rootfs) and container id must be provided");
    }
    this.id = arguments.at(least - 1);
  }

  /** Makes it; after a failure nothing is left. */
  Container create() throws IOException {
    if (fromFile) {
      byte[] spec = Files.readAllBytes(Path.of(arguments.value("config", "")));
      Json.parse("specification", spec);
      return record("", "", "", labels(Json.object()), spec, invocation.client());
    }
    return arguments.flag("rootfs") ? onDirectory() : onImage();
  }

  private Container onDirectory() throws IOException {
    Path directory = Path.of(arguments.at(0));
    SpecBuilder builder = builder().rootfs(directory);
    builder.user(user("", RootFiles.of(directory)));
    byte[] spec = Json.bytes(builder.build(arguments.from(2)));
    return record("", "", "", labels(Json.object()), spec, invocation.client());
  }

  private Container onImage() throws IOException {
    String name = arguments.at(0);
    try (WorkLease lease = new WorkLease(invocation.client())) {
      GantryClient client = lease.client();
      PlatformImage image =
          new ImageContent(client.content()).image(client.images().get(name).target(), platform());
      String snapshotter = SnapshotterChoice.name(invocation);
      Unpacker unpacker = new Unpacker(client, snapshotter);
      if (!unpacker.isUnpacked(image)) {
        unpacker.unpack(image);
      }
      Labels snapshotLabels = Labels.of(LabelWords.parse(arguments.values("snapshotter-label")));
      List<Mount> root = client.snapshots(snapshotter).prepare(id, image.chain(), snapshotLabels);
      try {
        return onSnapshot(client, name, image, snapshotter, root);
      } catch (IOException | RuntimeException failure) {
        removeSnapshot(client, snapshotter, failure);
        throw failure;
      }
    }
  }

  private Container onSnapshot(
      GantryClient client, String name, PlatformImage image, String snapshotter, List<Mount> root)
      throws IOException {
    JsonNode config = image.configuration().path("config");
    SpecBuilder builder = builder().image(config);
    builder.user(user(config.path("User").asText(), RootFiles.of(root)));
    byte[] spec = Json.bytes(builder.build(arguments.from(2)));
    return record(name, snapshotter, id, labels(config), spec, client);
  }

  private void removeSnapshot(GantryClient client, String snapshotter, Exception failure) {
    try {
      client.snapshots(snapshotter).remove(id);
    } catch (GantryException left) {
      failure.addSuppressed(left);
    }
  }

  private SpecBuilder builder() {
    return new SpecBuilder(arguments, invocation.settings().namespace(), id);
  }

  private ObjectNode user(String ofImage, RootFiles files) throws IOException {
    String text = arguments.value("user", ofImage);
    return new ContainerUser(files.etc("passwd"), files.etc("group"))
        .find(text.isEmpty() ? "0" : text);
  }

  private Labels labels(JsonNode imageConfig) {
    Map<String, String> labels = new TreeMap<>();
    imageConfig
        .path("Labels")
        .properties()
        .forEach(
            label -> {
              if (RESERVED.stream().noneMatch(label.getKey()::startsWith)) {
                labels.put(label.getKey(), label.getValue().asText());
              }
            });
    if (!imageConfig.isEmpty()) {
      String signal = imageConfig.path("StopSignal").asText();
      labels.put(STOP_SIGNAL, signal.isEmpty() ? "SIGTERM" : signal);
    }
    labels.putAll(LabelWords.parse(arguments.values("label")));
    return Labels.of(labels);
  }

  private Container record(
      String image,
      String snapshotter,
      String snapshotKey,
      Labels labels,
      byte[] spec,
      GantryClient client) {
    return client
        .containers()
        .create(
            new Container(
                id,
                labels,
                image,
                arguments.value("runtime", "io.containerd.runc.v2"),
                runtimeOptions(),
                new TypedValue(TypedValue.SPEC, spec),
                snapshotter,
                snapshotKey,
                Instant.EPOCH,
                Instant.EPOCH,
                Map.of(),
                ""));
  }

  private @Nullable TypedValue runtimeOptions() {
    Options options =
        Options.newBuilder()
            .setBinaryName(arguments.value("runc-binary", ""))
            .setRoot(arguments.value("runc-root", ""))
            .setSystemdCgroup(arguments.flag("runc-systemd-cgroup"))
            .build();
    return options.equals(Options.getDefaultInstance()) ? null : AnyWire.typed(options);
  }

  private Platform platform() {
    String[] parts = arguments.value("platform", Platform.host().toString()).split("/", 3);
    return new Platform(
        parts[0], parts.length > 1 ? parts[1] : "", parts.length > 2 ? parts[2] : "");
  }
}
