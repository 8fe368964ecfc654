// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.grpc;

import gantry.doctor.Doctor;
import gantry.doctor.Examination;
import gantry.doctor.Order;
import gantry.plugins.Handle;
import gantry.plugins.Plugin;
import gantry.wire.DoctorWire;
import io.gantry.admin.v1.DoctorGrpc;
import io.gantry.admin.v1.ExamineRequest;
import io.gantry.admin.v1.ExamineResponse;
import io.grpc.BindableService;
import io.grpc.ServerServiceDefinition;
import java.time.Duration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** The doctor service: what was left behind. */
@Component(name = DoctorService.PLUGIN, immediate = true)
@Plugin(value = DoctorService.PLUGIN, plugin_requires = "io.gantry.doctor.v1")
public final class DoctorService implements BindableService {
  static final String PLUGIN = "io.gantry.grpc.v1.doctor";

  /** Looking has its own deadlines; mending takes as long as there is to mend. */
  private static final Duration WHOLE = Duration.ofHours(1);

  private final Replies replies = new Replies();
  private final Handle<Doctor> doctor;

  /** Serves the doctor plugin. */
  @Activate
  public DoctorService(
      @Reference(target = "(contract=gantry.doctor.Doctor)") Handle<Doctor> doctor) {
    this.doctor = doctor;
  }

  @Override
  public ServerServiceDefinition bindService() {
    return ServerServiceDefinition.builder(DoctorGrpc.getServiceDescriptor())
        .addMethod(DoctorGrpc.getExamineMethod(), replies.streaming(this::examine))
        .build();
  }

  private void examine(CallHeaders headers, ExamineRequest request, Sink<ExamineResponse> answers)
      throws InterruptedException {
    Order order = DoctorWire.decode(request);
    Examination examination = doctor.within(WHOLE).call(d -> d.examine(order));
    for (Examination.Case found : examination.cases()) {
      answers.send(DoctorWire.encode(found));
    }
    for (Examination.Blind blind : examination.blind()) {
      answers.send(DoctorWire.encode(blind));
    }
    answers.send(DoctorWire.summary(examination));
  }
}
