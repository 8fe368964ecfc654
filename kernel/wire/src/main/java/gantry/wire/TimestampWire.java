// SPDX-License-Identifier: Apache-2.0
package gantry.wire;

import com.google.protobuf.Timestamp;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Points in time. */
public final class TimestampWire {
  /**
   * What the clients' language takes for "no time": the first instant of year 1. A timestamp that
   * is not set is read as this.
   */
  public static final Instant NONE = Instant.parse("0001-01-01T00:00:00Z");

  private TimestampWire() {}

  /** Encodes an instant. */
  public static Timestamp encode(Instant instant) {
    return Timestamp.newBuilder()
        .setSeconds(instant.getEpochSecond())
        .setNanos(instant.getNano())
        .build();
  }

  /** Decodes an instant; the default message, which an unset field reads as, is {@link #NONE}. */
  public static Instant decode(Timestamp timestamp) {
    return timestamp.equals(Timestamp.getDefaultInstance())
        ? NONE
        : Instant.ofEpochSecond(timestamp.getSeconds(), timestamp.getNanos());
  }

  /** Decodes an instant that may be left out: null if it is not set or {@link #NONE}. */
  static @Nullable Instant decodeIfSet(Timestamp timestamp) {
    Instant instant = decode(timestamp);
    return instant.equals(NONE) ? null : instant;
  }
}
