// SPDX-License-Identifier: Apache-2.0
package gantry.store;

import gantry.errors.InvalidArgumentException;
import gantry.filters.FieldPaths;
import gantry.labels.Labels;

/** What an update whose mask names only labels makes of them. */
public final class LabelUpdate {
  private static final String PREFIX = "labels.";

  private LabelUpdate() {}

  /**
   * The labels after the update.
   *
   * @param paths {@code labels} or {@code labels.<key>}; none means all labels
   * @param what names the object in the error message
   * @throws InvalidArgumentException for other paths
   */
  public static Labels apply(Labels old, Labels wanted, FieldPaths paths, String what) {
    Labels labels = paths.isEmpty() ? wanted : old;
    for (String path : paths.paths()) {
      if (path.equals("labels")) {
        labels = wanted;
      } else if (path.startsWith(PREFIX)) {
        String key = path.substring(PREFIX.length());
        labels = labels.with(key, wanted.find(key).orElse(""));
      } else {
        throw new InvalidArgumentException(
            "cannot update \"%s\" field on %s".formatted(path, what));
      }
    }
    return labels;
  }
}
