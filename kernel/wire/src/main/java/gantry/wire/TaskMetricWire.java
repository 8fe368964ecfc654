// SPDX-License-Identifier: Apache-2.0
package gantry.wire;

import com.google.protobuf.InvalidProtocolBufferException;
import gantry.errors.DataLossException;
import gantry.metrics.MetricFamily;
import gantry.typed.TypedValue;
import java.util.List;
import java.util.Map;

/** What tasks consume, as numbers with the names that containerd's have. */
public final class TaskMetricWire {
  private static final String V1 = "io.containerd.cgroups.v1.Metrics";
  private static final String V2 = "io.containerd.cgroups.v2.Metrics";

  private TaskMetricWire() {}

  /**
   * The numbers of one task.
   *
   * @param labels that all of them get
   * @return none if the message is of another kind than those of control groups
   * @throws DataLossException if it is malformed
   */
  public static List<MetricFamily> families(TypedValue metrics, Map<String, String> labels) {
    try {
      return switch (AnyWire.typeName(metrics.typeUrl())) {
        case V1 ->
            CgroupV1Metrics.of(io.containerd.cgroups.v1.Metrics.parseFrom(metrics.value()), labels);
        case V2 ->
            CgroupV2Metrics.of(io.containerd.cgroups.v2.Metrics.parseFrom(metrics.value()), labels);
        default -> List.of();
      };
    } catch (InvalidProtocolBufferException e) {
      throw new DataLossException("read metrics of %s: malformed".formatted(labels), e);
    }
  }
}
