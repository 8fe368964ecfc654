// SPDX-License-Identifier: Apache-2.0
package gantry.supervisor;

import gantry.errors.FailedPreconditionException;
import gantry.errors.InvalidArgumentException;
import gantry.runtime.SupervisorStatus;
import gantry.ttrpc.TtrpcMethod;
import gantry.ttrpc.TtrpcServices;
import gantry.wire.SupervisorWire;
import io.gantry.admin.v1.SupervisorStatusRequest;
import io.gantry.admin.v1.UpgradeSupervisorRequest;
import io.gantry.admin.v1.UpgradeSupervisorResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;

/** What can be asked of the supervisor that concerns no task. */
final class SupervisorService {
  private static final String NAME = "gantry.admin.v1.Supervisor";

  private final Supplier<SupervisorStatus> status;
  private final SuccessorCheck check;
  private final Replacement replacement;
  private final List<String> arguments;
  private final Runnable leave;

  /**
   * Makes one.
   *
   * @param arguments this process was started with
   * @param leave run when there is a fit successor
   */
  SupervisorService(
      Supplier<SupervisorStatus> status,
      SuccessorCheck check,
      Replacement replacement,
      List<String> arguments,
      Runnable leave) {
    this.status = status;
    this.check = check;
    this.replacement = replacement;
    this.arguments = List.copyOf(arguments);
    this.leave = leave;
  }

  void addTo(TtrpcServices services) {
    services.add(
        NAME,
        List.of(
            new TtrpcMethod<>(
                "Status",
                SupervisorStatusRequest.parser(),
                (request, call) -> SupervisorWire.encode(status.get())),
            new TtrpcMethod<>(
                "Upgrade",
                UpgradeSupervisorRequest.parser(),
                (request, call) -> upgrade(request))));
  }

  private UpgradeSupervisorResponse upgrade(UpgradeSupervisorRequest request) throws Exception {
    if (request.getProgram().isEmpty()) {
      throw new InvalidArgumentException("upgrade supervisor: no program is named");
    }
    if (replacement.wish().isPresent()) {
      throw new FailedPreconditionException("upgrade supervisor: an upgrade is under way");
    }
    Path program = Path.of(request.getProgram());
    String version = check.of(program);
    List<String> next = request.getArgumentsCount() == 0 ? arguments : request.getArgumentsList();
    replacement.want(new Replacement.Wish(program, next));
    leave.run();
    return UpgradeSupervisorResponse.newBuilder().setVersion(version).build();
  }
}
