// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.metadata;

import java.util.Arrays;
import java.util.Optional;

/**
 * An object that can refer or be referred to.
 *
 * @param key digest, name, id, ref, or {@code <snapshotter>/<name>}
 * @param isFlat whether it was reached by a lease that does not follow references
 */
record Node(Type type, String namespace, String key, boolean isFlat) {
  enum Type {
    CONTENT("content"),
    SNAPSHOT("snapshot"),
    CONTAINER("container"),
    SANDBOX("sandbox"),
    IMAGE("image"),
    LEASE("lease"),
    INGEST("ingest");

    private final String word;

    Type(String word) {
      this.word = word;
    }

    String word() {
      return word;
    }

    static Optional<Type> of(String word) {
      return Arrays.stream(values()).filter(type -> type.word.equals(word)).findFirst();
    }
  }

  static Node of(Type type, String namespace, String key) {
    return new Node(type, namespace, key, false);
  }

  static Node snapshot(String namespace, String snapshotter, String name) {
    return of(Type.SNAPSHOT, namespace, snapshotter + "/" + name);
  }

  Node flat(boolean wanted) {
    return isFlat == wanted ? this : new Node(type, namespace, key, wanted);
  }

  /** Of a snapshot: its snapshotter. */
  String snapshotter() {
    return key.substring(0, key.indexOf('/'));
  }

  /** Of a snapshot: its name. */
  String snapshotName() {
    return key.substring(key.indexOf('/') + 1);
  }
}
