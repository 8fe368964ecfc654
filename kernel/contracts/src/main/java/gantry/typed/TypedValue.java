// SPDX-License-Identifier: Apache-2.0
package gantry.typed;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * An opaque value and the name of its type; on the wire a {@code google.protobuf.Any}. Carried byte
 * for byte. The type is a bare name such as {@code containerd.events.TaskExit} or {@code
 * types.containerd.io/opencontainers/runtime-spec/1/Spec}. The array is shared, not copied: do not
 * change it.
 */
@SuppressWarnings("ArrayRecordComponent") // equality by content is defined below
public record TypedValue(String typeUrl, byte[] value) {
  /** The OCI runtime specification of a container, JSON. */
  public static final String SPEC = "types.containerd.io/opencontainers/runtime-spec/1/Spec";

  /** A process of the OCI runtime specification, JSON. */
  public static final String PROCESS = "types.containerd.io/opencontainers/runtime-spec/1/Process";

  /** Linux resources of the OCI runtime specification, JSON. */
  public static final String RESOURCES =
      "types.containerd.io/opencontainers/runtime-spec/1/LinuxResources";

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof TypedValue that
        && typeUrl.equals(that.typeUrl)
        && Arrays.equals(value, that.value);
  }

  @Override
  public int hashCode() {
    return 31 * typeUrl.hashCode() + Arrays.hashCode(value);
  }

  @Override
  public String toString() {
    return typeUrl + "[" + value.length + "]";
  }
}
