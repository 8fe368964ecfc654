// SPDX-License-Identifier: Apache-2.0
package gantry.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Compares the compiled descriptors with {@code facts.txt}: names, numbers, types and streaming. A
 * difference breaks clients that were built against the same facts.
 */
class WireFactsTest {

  private static final List<FileDescriptor> FILES =
      List.of(
          containerd.events.ContainerProto.getDescriptor(),
          containerd.events.ContentProto.getDescriptor(),
          containerd.events.NamespaceProto.getDescriptor(),
          containerd.events.SandboxProto.getDescriptor(),
          containerd.events.SnapshotProto.getDescriptor(),
          containerd.events.TaskProto.getDescriptor(),
          containerd.runc.v1.OciProto.getDescriptor(),
          containerd.runtime.bootstrap.v1.BootstrapProto.getDescriptor(),
          containerd.runtime.sandbox.v1.SandboxProto.getDescriptor(),
          containerd.services.containers.v1.ContainersProto.getDescriptor(),
          containerd.services.content.v1.ContentProto.getDescriptor(),
          containerd.services.diff.v1.DiffProto.getDescriptor(),
          containerd.services.events.ttrpc.v1.EventsProto.getDescriptor(),
          containerd.services.events.v1.EventsProto.getDescriptor(),
          containerd.services.images.v1.ImageProto.getDescriptor(),
          containerd.services.images.v1.ImagesProto.getDescriptor(),
          containerd.services.introspection.v1.IntrospectionProto.getDescriptor(),
          containerd.services.leases.v1.LeasesProto.getDescriptor(),
          containerd.services.mounts.v1.MountsProto.getDescriptor(),
          containerd.services.namespaces.v1.NamespaceProto.getDescriptor(),
          containerd.services.sandbox.v1.SandboxProto.getDescriptor(),
          containerd.services.snapshots.v1.SnapshotsProto.getDescriptor(),
          containerd.services.streaming.v1.StreamingProto.getDescriptor(),
          containerd.services.tasks.v1.TasksProto.getDescriptor(),
          containerd.services.transfer.v1.TransferProto.getDescriptor(),
          containerd.services.version.v1.VersionProto.getDescriptor(),
          containerd.task.v2.ShimProto.getDescriptor(),
          containerd.task.v3.ShimProto.getDescriptor(),
          containerd.types.DescriptorProto.getDescriptor(),
          containerd.types.EventProto.getDescriptor(),
          containerd.types.IntrospectionProto.getDescriptor(),
          containerd.types.MetricsProto.getDescriptor(),
          containerd.types.MountProto.getDescriptor(),
          containerd.types.PlatformProto.getDescriptor(),
          containerd.types.SandboxProto.getDescriptor(),
          containerd.types.transfer.ContainerProto.getDescriptor(),
          containerd.types.transfer.ImagestoreProto.getDescriptor(),
          containerd.types.transfer.ImportexportProto.getDescriptor(),
          containerd.types.transfer.ProgressProto.getDescriptor(),
          containerd.types.transfer.RegistryProto.getDescriptor(),
          containerd.types.transfer.StreamingProto.getDescriptor(),
          containerd.v1.types.TaskProto.getDescriptor(),
          grpc.health.v1.HealthProto.getDescriptor(),
          io.containerd.cgroups.v1.MetricsProto.getDescriptor(),
          io.containerd.cgroups.v2.MetricsProto.getDescriptor(),
          runtimeoptions.v1.ApiProto.getDescriptor());

  @Test
  void descriptors_equalTheFactList() throws IOException {
    Map<String, String> compiled = new TreeMap<>();
    for (FileDescriptor file : FILES) {
      file.getMessageTypes().forEach(type -> addMessage(compiled, type));
      file.getEnumTypes().forEach(type -> addEnum(compiled, type));
      file.getServices().forEach(service -> addService(compiled, service));
    }
    assertThat(compiled).isEqualTo(facts());
  }

  @Test
  void fieldPathOptions_markTheTypesFiltersMayLookInto() {
    assertThat(
            containerd.events.TaskProto.getDescriptor()
                .getOptions()
                .getExtension(containerd.types.FieldpathProto.fieldpathAll))
        .isTrue();
    assertThat(
            containerd.types.Envelope.getDescriptor()
                .getOptions()
                .getExtension(containerd.types.FieldpathProto.fieldpath))
        .isTrue();
    assertThat(containerd.types.FieldpathProto.fieldpathAll.getNumber()).isEqualTo(63300);
    assertThat(containerd.types.FieldpathProto.fieldpath.getNumber()).isEqualTo(64400);
  }

  private static Map<String, String> facts() throws IOException {
    Map<String, String> facts = new TreeMap<>();
    String head = "";
    try (BufferedReader in =
        new BufferedReader(
            new InputStreamReader(
                Objects.requireNonNull(WireFactsTest.class.getResourceAsStream("facts.txt")),
                StandardCharsets.UTF_8))) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        if (line.startsWith("  ")) {
          facts.merge(head, line + "\n", String::concat);
        } else if (!line.startsWith("#")) {
          head = line;
          facts.put(head, "");
        }
      }
    }
    return facts;
  }

  private static void addMessage(Map<String, String> facts, Descriptor type) {
    if (type.getOptions().getMapEntry()) {
      return;
    }
    StringBuilder lines = new StringBuilder();
    type.getFields().stream()
        .sorted(Comparator.comparingInt(FieldDescriptor::getNumber))
        .forEach(
            field ->
                lines.append(
                    "  %d %s %s\n".formatted(field.getNumber(), field.getName(), typeOf(field))));
    facts.put("message " + type.getFullName(), lines.toString());
    type.getNestedTypes().forEach(nested -> addMessage(facts, nested));
    type.getEnumTypes().forEach(nested -> addEnum(facts, nested));
  }

  private static void addEnum(Map<String, String> facts, EnumDescriptor type) {
    StringBuilder lines = new StringBuilder();
    type.getValues().stream()
        .sorted(Comparator.comparingInt(EnumValueDescriptor::getNumber))
        .forEach(value -> lines.append("  %d %s\n".formatted(value.getNumber(), value.getName())));
    facts.put("enum " + type.getFullName(), lines.toString());
  }

  private static void addService(Map<String, String> facts, ServiceDescriptor service) {
    StringBuilder lines = new StringBuilder();
    for (MethodDescriptor method : service.getMethods()) {
      lines.append(
          "  %s %s%s -> %s%s\n"
              .formatted(
                  method.getName(),
                  method.isClientStreaming() ? "stream " : "",
                  method.getInputType().getFullName(),
                  method.isServerStreaming() ? "stream " : "",
                  method.getOutputType().getFullName()));
    }
    facts.put("service " + service.getFullName(), lines.toString());
  }

  private static String typeOf(FieldDescriptor field) {
    if (field.isMapField()) {
      List<FieldDescriptor> entry = field.getMessageType().getFields();
      return "map<%s,%s>".formatted(bareType(entry.get(0)), bareType(entry.get(1)));
    }
    String explicit = field.toProto().getProto3Optional() ? "?" : "";
    return bareType(field) + (field.isRepeated() ? "*" : explicit);
  }

  private static String bareType(FieldDescriptor field) {
    return switch (field.getJavaType()) {
      case MESSAGE -> field.getMessageType().getFullName();
      case ENUM -> field.getEnumType().getFullName();
      default -> field.getType().name().toLowerCase(Locale.ROOT);
    };
  }
}
