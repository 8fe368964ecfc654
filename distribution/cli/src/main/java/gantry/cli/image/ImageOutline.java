// SPDX-License-Identifier: Apache-2.0
package gantry.cli.image;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gantry.cli.command.Json;
import gantry.cli.command.Times;
import gantry.client.ContentClient;
import gantry.errors.NotFoundException;
import gantry.images.Image;
import gantry.oci.Descriptor;
import gantry.oci.MediaTypes;
import gantry.oci.image.Child;
import gantry.oci.image.Children;
import gantry.oci.image.ImagePlatform;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Everything an image consists of, drawn with lines as {@code ctr} does, or as a JSON tree. */
final class ImageOutline {
  private static final String MIDDLE = "├── ";
  private static final String LAST = "└── ";
  private static final String PASSING = "│   ";
  private static final String EMPTY = "    ";

  private final ContentClient content;
  private final ImageContent documents;
  private final boolean verbose;
  private final List<String> lines = new ArrayList<>();

  /**
   * Of one namespace.
   *
   * @param verbose whether labels and documents are shown
   */
  ImageOutline(ContentClient content, boolean verbose) {
    this.content = content;
    this.documents = new ImageContent(content);
    this.verbose = verbose;
  }

  /** The drawing. */
  List<String> lines(Image image) throws IOException {
    lines.add(image.name());
    lines.add(PASSING + " Created: " + Times.spelled(image.createdAt()));
    lines.add(PASSING + " Updated: " + Times.spelled(image.updatedAt()));
    new TreeMap<>(image.labels().map())
        .forEach((key, value) -> lines.add(PASSING + " Label " + quoted(key, value)));
    draw(image.target(), null, LAST, EMPTY);
    return lines;
  }

  /** The tree. */
  ObjectNode tree(Image image) throws IOException {
    ObjectNode tree =
        Json.object()
            .put("ref", image.name())
            .put("created_at", Times.exact(image.createdAt()))
            .put("updated_at", Times.exact(image.updatedAt()));
    tree.set("labels", Json.tree(image.labels().map()));
    tree.set("target", tree(image.target(), null));
    return tree;
  }

  private void draw(
      Descriptor descriptor, @Nullable ImagePlatform platform, String prefix, String indent)
      throws IOException {
    lines.add(prefix + line(descriptor));
    if (platform != null && !platform.platform().architecture().isEmpty()) {
      lines.add(indent + PASSING + " Platform: " + platform.platform());
    }
    List<Child> children;
    try {
      documents.bytes(descriptor);
      show(descriptor, indent + PASSING);
      children = documents.references(descriptor);
    } catch (NotFoundException missing) {
      lines.add(indent + LAST + " Content does not exist locally, skipping");
      return;
    }
    for (int i = 0; i < children.size(); i++) {
      Child child = children.get(i);
      boolean last = i == children.size() - 1;
      String start = indent + (last ? LAST : MIDDLE);
      String under = indent + (last ? EMPTY : PASSING);
      if (MediaTypes.isIndex(descriptor.mediaType())) {
        draw(child.descriptor(), child.platform(), start, under);
      } else {
        lines.add(start + line(child.descriptor()));
        if (i == 0) {
          show(child.descriptor(), under);
        }
      }
    }
  }

  /** Labels and document in boxes. */
  private void show(Descriptor descriptor, String indent) throws IOException {
    if (!verbose) {
      return;
    }
    Map<String, String> labels = new TreeMap<>(content.info(descriptor.digest()).labels().map());
    if (!labels.isEmpty()) {
      lines.add(indent + "┌────────Labels─────────");
      labels.forEach((key, value) -> lines.add(indent + "│" + quoted(key, value)));
      lines.add(indent + "└───────────────────────");
    }
    if (descriptor.mediaType().endsWith("json")) {
      lines.add(indent + "┌────────Content────────");
      JsonNode document = documents.document(descriptor);
      Json.pretty(document, 3).lines().forEach(line -> lines.add(indent + "│" + line));
      lines.add(indent + "└───────────────────────");
    }
  }

  private static String line(Descriptor descriptor) {
    return "%s @%s (%d bytes)"
        .formatted(descriptor.mediaType(), descriptor.digest(), descriptor.size());
  }

  private static String quoted(String key, String value) {
    return "%s: %s".formatted(Json.tree(key), Json.tree(value));
  }

  private ObjectNode tree(Descriptor descriptor, @Nullable ImagePlatform platform)
      throws IOException {
    ObjectNode tree =
        Json.object()
            .put("type", descriptor.mediaType())
            .put("digest", descriptor.digest().toString())
            .put("size", descriptor.size());
    if (platform != null) {
      tree.put("platform", platform.platform().toString());
    }
    try {
      var info = content.info(descriptor.digest());
      tree.put("present", true);
      if (verbose) {
        tree.set("labels", Json.tree(info.labels().map()));
        if (descriptor.mediaType().endsWith("json")) {
          tree.set("content", documents.document(descriptor));
        }
      }
      if (Children.possible(descriptor.mediaType())) {
        ArrayNode children = tree.putArray("children");
        for (Child child : documents.references(descriptor)) {
          children.add(tree(child.descriptor(), child.platform()));
        }
      }
    } catch (NotFoundException missing) {
      tree.put("present", false);
    }
    return tree;
  }
}
