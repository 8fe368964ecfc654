// SPDX-License-Identifier: Apache-2.0
package gantry.wire;

import com.google.protobuf.FieldMask;
import gantry.filters.FieldPaths;

/** Masks of updates. Their paths may hold label keys and are taken as they are. */
public final class FieldMaskWire {
  private FieldMaskWire() {}

  /** Encodes a mask. */
  public static FieldMask encode(FieldPaths paths) {
    return FieldMask.newBuilder().addAllPaths(paths.paths()).build();
  }

  /** Decodes a mask; an unset one has no paths. */
  public static FieldPaths decode(FieldMask mask) {
    return new FieldPaths(mask.getPathsList());
  }
}
