// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.runtime.runc;

import gantry.errors.DeadlineExceededException;
import gantry.errors.FailedPreconditionException;
import gantry.errors.InvalidArgumentException;
import gantry.errors.UnavailableException;
import gantry.runtime.SupervisorControl;
import gantry.runtime.SupervisorStatus;
import gantry.wire.SupervisorWire;
import io.gantry.admin.v1.SupervisorStatusRequest;
import io.gantry.admin.v1.SupervisorStatusResponse;
import io.gantry.admin.v1.UpgradeSupervisorRequest;
import io.gantry.admin.v1.UpgradeSupervisorResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** Asks the supervisor how it is, and has it become another version. */
final class SupervisorUpgrade implements SupervisorControl {
  private static final String SERVICE = "gantry.admin.v1.Supervisor";
  private static final Duration QUICK = Duration.ofSeconds(30);
  private static final Duration CHECK = Duration.ofSeconds(90);
  private static final Duration WHOLE = Duration.ofSeconds(90);

  private final SupervisorLayout layout;
  private final SupervisorCalls supervisor;

  SupervisorUpgrade(SupervisorLayout layout, SupervisorCalls supervisor) {
    this.layout = layout;
    this.supervisor = supervisor;
  }

  @Override
  public SupervisorStatus status() {
    return SupervisorWire.decode(
        supervisor.beside(
            SERVICE,
            "Status",
            SupervisorStatusRequest.getDefaultInstance(),
            SupervisorStatusResponse.parser(),
            QUICK,
            true));
  }

  @Override
  public SupervisorStatus upgrade(String program) {
    Path next = program.isEmpty() ? layout.program() : Path.of(program);
    if (!next.isAbsolute()) {
      throw new InvalidArgumentException(
          "upgrade supervisor: %s is no absolute path".formatted(program));
    }
    UpgradeSupervisorRequest request =
        UpgradeSupervisorRequest.newBuilder()
            .setProgram(next.toString())
            .addAllArguments(layout.arguments())
            .build();
    // a call that met the end of the old version could not tell whether it was begun
    return supervisor.alone(() -> upgrade(request));
  }

  private SupervisorStatus upgrade(UpgradeSupervisorRequest request) {
    SupervisorStatus before = status();
    supervisor.beside(
        SERVICE, "Upgrade", request, UpgradeSupervisorResponse.parser(), CHECK, false);
    long end = System.nanoTime() + WHOLE.toNanos();
    while (System.nanoTime() < end) {
      Optional<SupervisorStatus> answer = statusIfServed();
      if (answer.isPresent()) {
        SupervisorStatus now = answer.get();
        if (now.pid() != before.pid()) {
          throw new FailedPreconditionException(
              "upgrade supervisor: it ended and another was started as process %d; its log is %s"
                  .formatted(now.pid(), layout.log()));
        }
        if (now.upgrades() > before.upgrades()) {
          return now;
        }
        if (!now.failure().isEmpty()) {
          throw new FailedPreconditionException(now.failure());
        }
      }
    }
    throw new DeadlineExceededException(
        "upgrade supervisor: no answer in %s; its log is %s".formatted(WHOLE, layout.log()));
  }

  /** Empty between the two versions; the next attempt waits for the new one. */
  private Optional<SupervisorStatus> statusIfServed() {
    try {
      return Optional.of(status());
    } catch (UnavailableException e) {
      return Optional.empty();
    }
  }
}
