// SPDX-License-Identifier: Apache-2.0
package gantry.cli.image;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gantry.cli.command.Found;
import gantry.cli.command.Invocation;
import gantry.cli.command.Json;
import gantry.cli.command.Listing;
import gantry.cli.command.Sizes;
import gantry.cli.command.Survey;
import gantry.cli.image.ImageFacts.Part;
import java.util.ArrayList;
import java.util.List;

/** Images with a line for each platform below them. */
final class ImagesTree {
  private final Survey survey;
  private final Invocation invocation;

  ImagesTree(Survey survey, Invocation invocation) {
    this.survey = survey;
    this.invocation = invocation;
  }

  /** Prints them; returns the exit code. */
  int print(List<Found<ImageFacts>> images) {
    if (invocation.json()) {
      ArrayNode array = Json.array();
      images.forEach(image -> array.add(tree(image)));
      invocation.say(Json.pretty(array));
    } else {
      List<List<String>> rows = new ArrayList<>();
      rows.add(wide("NAMESPACE", "IMAGE", "DIGEST", "SIZE", "CONTENT", "UNPACKED", "USED BY"));
      images.forEach(image -> rows(image, rows));
      Listing.print(rows, invocation.console().out());
    }
    return survey.code();
  }

  private void rows(Found<ImageFacts> found, List<List<String>> rows) {
    ImageFacts facts = found.item();
    rows.add(
        wide(
            found.namespace(),
            facts.image().name(),
            facts.image().target().digest().toString(),
            Sizes.binary(facts.present()),
            "",
            "",
            used(facts.usedBy())));
    for (int i = 0; i < facts.parts().size(); i++) {
      Part part = facts.parts().get(i);
      rows.add(
          wide(
              "",
              (i == facts.parts().size() - 1 ? "└── " : "├── ") + part.kind(),
              part.manifest().digest().toString(),
              Sizes.binary(part.present()),
              part.status(),
              part.unpacked() ? "yes" : "no",
              used(part.usedBy())));
    }
  }

  private List<String> wide(String namespace, String... cells) {
    List<String> row = new ArrayList<>(List.of(cells));
    if (survey.isWide()) {
      row.addFirst(namespace);
    }
    return row;
  }

  private static String used(List<String> ids) {
    return ids.isEmpty() ? "-" : String.join(",", ids);
  }

  private ObjectNode tree(Found<ImageFacts> found) {
    ImageFacts facts = found.item();
    ObjectNode tree = Json.object();
    if (survey.isWide()) {
      tree.put("namespace", found.namespace());
    }
    tree.put("ref", facts.image().name())
        .put("type", facts.image().target().mediaType())
        .put("digest", facts.image().target().digest().toString())
        .put("size", facts.present());
    tree.set("used_by", Json.tree(facts.usedBy()));
    ArrayNode parts = tree.putArray("manifests");
    for (Part part : facts.parts()) {
      parts
          .addObject()
          .put("platform", part.kind())
          .put("digest", part.manifest().digest().toString())
          .put("size", part.size())
          .put("present", part.present())
          .put("content", part.status())
          .put("unpacked", part.unpacked())
          .set("used_by", Json.tree(part.usedBy()));
    }
    return tree;
  }
}
