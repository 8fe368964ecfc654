// SPDX-License-Identifier: Apache-2.0
package gantry.linux;

import com.sun.jna.Memory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A vector of C strings that ends with a null pointer; lives as long as it is reachable. */
record CStrings(Memory vector, List<Memory> words) {
  static CStrings of(List<String> texts) {
    Memory vector = LibC.memory(8L * (texts.size() + 1));
    List<Memory> words = new ArrayList<>();
    for (int i = 0; i < texts.size(); i++) {
      byte[] bytes = LibC.string(texts.get(i));
      Memory word = LibC.memory(bytes.length);
      word.write(0, bytes, 0, bytes.length);
      words.add(word);
      vector.setPointer(8L * i, word);
    }
    return new CStrings(vector, words);
  }

  /** The form of an environment. */
  static CStrings of(Map<String, String> variables) {
    return of(
        variables.entrySet().stream()
            .map(entry -> entry.getKey() + "=" + entry.getValue())
            .toList());
  }
}
