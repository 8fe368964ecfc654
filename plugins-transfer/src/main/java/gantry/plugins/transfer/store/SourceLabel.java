// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.transfer.store;

import gantry.content.BlobInfo;
import gantry.labels.Labels;
import gantry.oci.Digest;
import gantry.registry.Reference;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * The label that says which repositories of a registry have a blob, so that another can take it
 * from there: {@code containerd.io/distribution.source.<host>}, repositories sorted and joined by
 * commas.
 *
 * @param key with the host, without its port
 * @param repository the one that is read or written now
 */
public record SourceLabel(String key, String repository) {
  private static final String PREFIX = "containerd.io/distribution.source.";
  private static final int SIZE_MAX = 4096;

  /** That of the repository of a reference. */
  public static SourceLabel of(Reference reference) {
    String host = reference.host();
    int colon = host.lastIndexOf(':');
    boolean hasPort = colon > host.lastIndexOf(']') && colon >= 0;
    String name = hasPort ? host.substring(0, colon) : host;
    return new SourceLabel(PREFIX + name.replace("[", "").replace("]", ""), reference.repository());
  }

  /** For a blob that has no such label yet. */
  public Labels first() {
    return fits(repository) ? Labels.of(Map.of(key, repository)) : Labels.none();
  }

  /** Adds the repository to a blob that is there; a label that gets too long stays as it is. */
  public void append(CallerStore store, Digest digest) throws IOException {
    Optional<BlobInfo> info = store.find(digest);
    if (info.isEmpty()) {
      return;
    }
    String old = info.get().labels().find(key).orElse("");
    TreeSet<String> all = new TreeSet<>(repositories(old));
    if (!all.add(repository)) {
      return;
    }
    String joined = String.join(",", all);
    if (fits(joined)) {
      store.label(digest, Map.of(key, joined));
    }
  }

  /** Other repositories that have it by these labels, the nearest first. */
  public List<String> others(Labels labels) {
    List<String> others = new ArrayList<>(repositories(labels.find(key).orElse("")));
    others.remove(repository);
    others.sort(Comparator.comparingInt(this::common).reversed());
    return others;
  }

  private int common(String other) {
    String[] mine = repository.split("/", -1);
    String[] theirs = other.split("/", -1);
    int count = 0;
    while (count < Math.min(mine.length, theirs.length) && mine[count].equals(theirs[count])) {
      count++;
    }
    return count;
  }

  private boolean fits(String value) {
    return key.length() + value.getBytes(StandardCharsets.UTF_8).length <= SIZE_MAX;
  }

  private static List<String> repositories(String value) {
    return value.isEmpty() ? List.of() : List.of(value.split(",", -1));
  }
}
