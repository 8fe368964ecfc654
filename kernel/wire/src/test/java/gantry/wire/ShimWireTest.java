// SPDX-License-Identifier: Apache-2.0
package gantry.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Timestamp;
import containerd.task.v3.CreateTaskRequest;
import containerd.task.v3.StateResponse;
import containerd.task.v3.WaitResponse;
import containerd.v1.types.Status;
import gantry.mounts.Mount;
import gantry.runtime.Bundle;
import gantry.runtime.CreateTask;
import gantry.runtime.Exit;
import gantry.runtime.ProcessIo;
import gantry.runtime.ProcessState;
import gantry.runtime.TaskStatus;
import gantry.typed.TypedValue;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class ShimWireTest {
  private static final Timestamp AT = Timestamp.newBuilder().setSeconds(7).build();

  @Test
  void create_namesTheBundleAndHandsOptionsOn() {
    Bundle bundle = new Bundle("ns", "c", Path.of("/state/c"), Path.of("/work/c"));
    CreateTask task =
        new CreateTask(
            "c",
            List.of(Mount.of("bind", "/x", List.of("ro"))),
            new ProcessIo("/in", "/out", "", true),
            null,
            new TypedValue("my.Options", new byte[] {1}),
            "",
            "/checkpoint");
    CreateTaskRequest encoded = ShimWire.create(bundle, task);
    assertThat(encoded.getId()).isEqualTo("c");
    assertThat(encoded.getBundle()).isEqualTo("/state/c");
    assertThat(encoded.getRootfs(0).getSource()).isEqualTo("/x");
    assertThat(encoded.getStdin()).isEqualTo("/in");
    assertThat(encoded.getTerminal()).isTrue();
    assertThat(encoded.getCheckpoint()).isEqualTo("/checkpoint");
    assertThat(encoded.getOptions().getTypeUrl()).isEqualTo("my.Options");
  }

  @Test
  void state_isThatOfTheExecIfThereIsOne() {
    StateResponse.Builder state =
        StateResponse.newBuilder().setId("c").setPid(3).setStatus(Status.STOPPED).setExitStatus(9);
    ProcessState init = ShimWire.state(state.build());
    assertThat(init.id()).isEqualTo("c");
    assertThat(init.status()).isEqualTo(TaskStatus.STOPPED);
    assertThat(init.exitStatus()).isEqualTo(9);
    assertThat(init.exitedAt()).isNull();
    ProcessState exec = ShimWire.state(state.setExecId("e").setExitedAt(AT).build());
    assertThat(exec.id()).isEqualTo("e");
    assertThat(exec.exitedAt()).isEqualTo(Instant.ofEpochSecond(7));
  }

  @Test
  void state_withTheTimeOfClientsWhoKnowNone_hasNoTime() {
    Timestamp none = TimestampWire.encode(TimestampWire.NONE);
    assertThat(ShimWire.state(StateResponse.newBuilder().setExitedAt(none).build()).exitedAt())
        .isNull();
  }

  @Test
  void exit_ofAWait_knowsNoPid() {
    assertThat(ShimWire.exit(WaitResponse.newBuilder().setExitStatus(4).setExitedAt(AT).build()))
        .isEqualTo(new Exit(0, 4, Instant.ofEpochSecond(7)));
  }
}
