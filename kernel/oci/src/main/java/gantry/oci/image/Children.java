// SPDX-License-Identifier: Apache-2.0
package gantry.oci.image;

import gantry.labels.WellKnown;
import gantry.oci.Descriptor;
import gantry.oci.MediaTypes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What documents refer to. */
public final class Children {
  /** Annotation: digest of the manifest a referrer is about. */
  public static final String SUBJECT = "io.containerd.manifest.subject";

  private static final int REFERRER_HEX = 12;

  private Children() {}

  /** Whether a blob of this media type can have any. */
  public static boolean possible(String mediaType) {
    return MediaTypes.isIndex(mediaType) || MediaTypes.isManifest(mediaType);
  }

  /**
   * The children of a document in its order, a manifest's configuration first; none for what is
   * neither manifest nor index. A subject is no child.
   *
   * @throws gantry.errors.InvalidArgumentException if the bytes are not what the media type says
   */
  public static List<Child> of(Descriptor parent, byte[] json) {
    if (MediaTypes.isIndex(parent.mediaType())) {
      Labelled labelled = new Labelled();
      Index.parse(json)
          .manifests()
          .forEach(entry -> labelled.add(entry.descriptor(), entry.platform()));
      return labelled.children();
    } else if (MediaTypes.isManifest(parent.mediaType())) {
      Manifest manifest = Manifest.parse(json);
      Labelled labelled = new Labelled();
      labelled.add(manifest.config(), null);
      manifest.layers().forEach(layer -> labelled.add(layer.descriptor(), null));
      return labelled.children();
    }
    return List.of();
  }

  /** The labels a parent gets for these children. */
  public static Map<String, String> gcLabels(List<Child> children) {
    Map<String, String> labels = new TreeMap<>();
    children.forEach(child -> labels.put(child.gcLabel(), child.descriptor().digest().toString()));
    return labels;
  }

  private static String prefix(Descriptor child) {
    String mediaType = child.mediaType();
    if (MediaTypes.isConfig(mediaType)) {
      return WellKnown.GC_REF_CONTENT + ".config";
    } else if (MediaTypes.isManifest(mediaType)) {
      return WellKnown.GC_REF_CONTENT + ".m.";
    } else if (MediaTypes.isLayer(mediaType)) {
      return WellKnown.GC_REF_CONTENT + ".l.";
    }
    return WellKnown.GC_REF_CONTENT + ".";
  }

  /** Numbers the labels of each kind. */
  private static final class Labelled {
    private final List<Child> children = new ArrayList<>();
    private final Map<String, Integer> counts = new HashMap<>();

    void add(Descriptor child, @Nullable ImagePlatform platform) {
      children.add(new Child(child, label(child), platform));
    }

    List<Child> children() {
      return List.copyOf(children);
    }

    private String label(Descriptor child) {
      if (child.annotations().containsKey(SUBJECT)) {
        return WellKnown.GC_REF_CONTENT
            + ".referrer.sha256."
            + child.digest().hex().substring(0, REFERRER_HEX);
      }
      String prefix = prefix(child);
      int number = counts.merge(prefix, 1, Integer::sum) - 1;
      return number == 0 && !prefix.endsWith(".") ? prefix : prefix + number;
    }
  }
}
