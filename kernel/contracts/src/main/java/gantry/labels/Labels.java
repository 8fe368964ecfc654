// SPDX-License-Identifier: Apache-2.0
package gantry.labels;

import gantry.errors.InvalidArgumentException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * An immutable set of labels in key order. A key and its value together have at most 4096 bytes; an
 * empty value means "absent" and is dropped.
 */
public record Labels(SortedMap<String, String> map) {
  private static final int SIZE_MAX = 4096;
  private static final int SHOWN_MAX = 64;
  private static final Labels NONE = new Labels(new TreeMap<>());

  /** Copies {@code map} without its empty values. It does not validate: see {@link #of(Map)}. */
  public Labels {
    SortedMap<String, String> copy = new TreeMap<>(map);
    copy.values().removeIf(String::isEmpty);
    map = Collections.unmodifiableSortedMap(copy);
  }

  /** No labels. */
  public static Labels none() {
    return NONE;
  }

  /**
   * Validates and copies labels from outside.
   *
   * @throws InvalidArgumentException if a label is too long
   */
  public static Labels of(Map<String, String> map) {
    map.forEach(Labels::validate);
    return map.isEmpty() ? NONE : new Labels(new TreeMap<>(map));
  }

  /** Returns these labels with one set; an empty value removes it. */
  public Labels with(String key, String value) {
    validate(key, value);
    TreeMap<String, String> copy = new TreeMap<>(map);
    copy.put(key, value);
    return new Labels(copy);
  }

  /** Returns these labels overlaid by {@code others}; an empty value there removes one here. */
  public Labels withAll(Map<String, String> others) {
    others.forEach(Labels::validate);
    TreeMap<String, String> copy = new TreeMap<>(map);
    copy.putAll(others);
    return new Labels(copy);
  }

  /** The value of a label, or empty if it is not set. */
  public Optional<String> find(String key) {
    return Optional.ofNullable(map.get(key));
  }

  private static void validate(String key, String value) {
    if (size(key, value) > SIZE_MAX) {
      String shown = key.length() > SHOWN_MAX ? key.substring(0, SHOWN_MAX) : key;
      throw new InvalidArgumentException(
          "label key and value length (%d bytes) greater than maximum size (%d bytes), key: %s"
              .formatted(size(key, value), SIZE_MAX, shown));
    }
  }

  private static int size(String key, String value) {
    return key.getBytes(StandardCharsets.UTF_8).length
        + value.getBytes(StandardCharsets.UTF_8).length;
  }
}
