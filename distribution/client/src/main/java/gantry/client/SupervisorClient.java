// SPDX-License-Identifier: Apache-2.0
package gantry.client;

import gantry.runtime.SupervisorStatus;
import gantry.wire.SupervisorWire;
import io.gantry.admin.v1.SupervisorGrpc;
import io.gantry.admin.v1.SupervisorStatusRequest;
import io.gantry.admin.v1.UpgradeSupervisorRequest;

/**
 * The process that holds the containers. Every method throws {@link
 * gantry.errors.UnimplementedException} if the daemon is not Gantry.
 */
public final class SupervisorClient {
  private final Wire wire;

  SupervisorClient(Wire wire) {
    this.wire = wire;
  }

  /** How it is. */
  public SupervisorStatus status() {
    return SupervisorWire.decode(
        wire.call(SupervisorGrpc.getStatusMethod(), SupervisorStatusRequest.getDefaultInstance()));
  }

  /**
   * Has it become another version, in place; returns when that serves.
   *
   * @param program an absolute path; empty for the one that the daemon starts
   * @throws gantry.errors.FailedPreconditionException if it did not come about; it says why, and
   *     the old version goes on
   */
  public SupervisorStatus upgrade(String program) {
    return SupervisorWire.decode(
        wire.callLong(
                SupervisorGrpc.getUpgradeMethod(),
                UpgradeSupervisorRequest.newBuilder().setProgram(program).build())
            .getStatus());
  }
}
