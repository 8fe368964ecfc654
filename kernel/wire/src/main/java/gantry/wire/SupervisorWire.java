// SPDX-License-Identifier: Apache-2.0
package gantry.wire;

import gantry.runtime.SupervisorStatus;
import io.gantry.admin.v1.SupervisorStatusResponse;

/** Messages about the supervisor. */
public final class SupervisorWire {
  private SupervisorWire() {}

  /** How it is. */
  public static SupervisorStatusResponse encode(SupervisorStatus status) {
    return SupervisorStatusResponse.newBuilder()
        .setPid(status.pid())
        .setVersion(status.version())
        .setSince(TimestampWire.encode(status.since()))
        .setUpgrades(status.upgrades())
        .setTasks(status.tasks())
        .setResidentBytes(status.residentBytes())
        .setProportionalBytes(status.proportionalBytes())
        .setCgroup(status.cgroup())
        .setOomScoreAdj(status.oomScore())
        .setLostTerminals(status.lostTerminals())
        .setFailure(status.failure())
        .build();
  }

  /** How it is. */
  public static SupervisorStatus decode(SupervisorStatusResponse status) {
    return new SupervisorStatus(
        status.getPid(),
        status.getVersion(),
        TimestampWire.decode(status.getSince()),
        status.getUpgrades(),
        status.getTasks(),
        status.getResidentBytes(),
        status.getProportionalBytes(),
        status.getCgroup(),
        status.getOomScoreAdj(),
        status.getLostTerminals(),
        status.getFailure());
  }
}
