// SPDX-License-Identifier: Apache-2.0
package gantry.boot.config;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a value of a configuration may look like. */
sealed interface Shape {
  /** In words, for messages. */
  String words();

  /** A plain value. */
  enum Scalar implements Shape {
    TEXT("a string"),
    NUMBER("a whole number"),
    FLAG("true or false"),
    DURATION("a duration like \"10s\""),
    PLUGIN("a plugin's uri like \"io.containerd.gc.v1.scheduler\""),
    ANY("anything");

    private final String words;

    Scalar(String words) {
      this.words = words;
    }

    @Override
    public String words() {
      return words;
    }
  }

  /** One of a few words; empty stands for the default. */
  record Choice(List<String> options) implements Shape {
    @Override
    public String words() {
      return "one of " + String.join(", ", options);
    }
  }

  /** An array. */
  record Array(Shape item) implements Shape {
    @Override
    public String words() {
      return "an array";
    }
  }

  /**
   * A table.
   *
   * @param keys that are known
   * @param others what other keys hold; null if there should be none
   */
  record Table(Map<String, Shape> keys, @Nullable Shape others) implements Shape {
    @Override
    public String words() {
      return "a table";
    }
  }
}
