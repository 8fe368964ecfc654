// SPDX-License-Identifier: Apache-2.0
package gantry.oci.layout;

import gantry.oci.Descriptor;
import gantry.oci.image.Children;
import gantry.transfer.StoredImage;
import gantry.transfer.StoredImage.ExtraReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What the images of an archive are called, by their annotations and what the caller asked for. */
public final class ArchiveNames {
  private final List<ExtraReference> prefixes;

  /**
   * Names as asked for.
   *
   * @param wanted whose prefixes among the extra references count
   */
  public ArchiveNames(StoredImage wanted) {
    this.prefixes = wanted.extraReferences().stream().filter(ExtraReference::isPrefix).toList();
  }

  /** The names of an entry of the index; none if it gets no image, as what is about another. */
  public List<String> of(Descriptor entry) {
    boolean isImage =
        Children.possible(entry.mediaType()) && !entry.annotations().containsKey(Children.SUBJECT);
    if (!isImage) {
      return List.of();
    }
    List<String> names = new ArrayList<>();
    for (ExtraReference prefix : prefixes) {
      String name = name(entry.annotations(), prefix);
      if (!name.isEmpty()) {
        names.add(name);
      }
      boolean byDigest = name.isEmpty() || !prefix.skipNamedDigest();
      if (prefix.addDigest() && byDigest) {
        names.add(prefix.name() + "@" + entry.digest());
      }
    }
    return names.stream().distinct().toList();
  }

  /** A full name is taken as it is or not at all; a tag goes behind the prefix. */
  private static String name(Map<String, String> annotations, ExtraReference prefix) {
    String full = annotations.getOrDefault(LayoutNames.IMAGE_NAME, "");
    if (!full.isEmpty()) {
      return translated(full, prefix).equals(full) ? full : "";
    }
    String ref = annotations.getOrDefault(LayoutNames.REF_NAME, "");
    return ref.isEmpty() ? "" : translated(ref, prefix);
  }

  private static String translated(String ref, ExtraReference prefix) {
    if (prefix.name().isEmpty()) {
      return "";
    }
    boolean isFull = ref.chars().anyMatch(c -> c == '/' || c == ':' || c == '@');
    if (isFull) {
      return prefix.allowOverwrite() || isBelow(ref, prefix.name()) ? ref : "";
    }
    return prefix.name() + ":" + ref;
  }

  private static boolean isBelow(String ref, String base) {
    return ref.startsWith(base)
        && (ref.length() == base.length() || "/:@".indexOf(ref.charAt(base.length())) >= 0);
  }
}
