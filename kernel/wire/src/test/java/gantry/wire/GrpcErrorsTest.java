// SPDX-License-Identifier: Apache-2.0
package gantry.wire;

import static org.assertj.core.api.Assertions.assertThat;

import gantry.errors.ConflictException;
import gantry.errors.FailedPreconditionException;
import gantry.errors.GantryException;
import gantry.errors.NotFoundException;
import gantry.errors.NotModifiedException;
import gantry.errors.UnimplementedException;
import gantry.errors.UnknownException;
import io.grpc.Status;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

class GrpcErrorsTest {

  @Test
  void everyKind_survivesTheWayOutAndBack() throws ReflectiveOperationException {
    assertThat(GantryException.class.getPermittedSubclasses()).hasSize(18);
    for (Class<?> kind : GantryException.class.getPermittedSubclasses()) {
      GantryException failure = make(kind);
      GantryException back =
          GrpcErrors.fromGrpc(new StatusRuntimeException(GrpcErrors.toStatus(failure)));
      assertThat(back).isExactlyInstanceOf(kind);
      assertThat(back)
          .hasMessageStartingWith(kind == UnknownException.class ? "open \"x\"" : "open \"x\": ");
      assertThat(GrpcErrors.fromRpc(GrpcErrors.toRpc(back)))
          .isExactlyInstanceOf(kind)
          .hasMessage(back.getMessage());
    }
  }

  private static GantryException make(Class<?> kind) throws ReflectiveOperationException {
    try {
      return (GantryException) kind.getConstructor(String.class).newInstance("open \"x\"");
    } catch (InvocationTargetException e) {
      throw new AssertionError(kind.getName(), e);
    }
  }

  @Test
  void conflictAndNotModified_areToldApartByTheirSuffix() {
    assertThat(GrpcErrors.toRpc(new ConflictException("update x")))
        .returns(Code.FAILED_PRECONDITION.value(), com.google.rpc.Status::getCode)
        .returns("update x: conflict", com.google.rpc.Status::getMessage);
    assertThat(GrpcErrors.toRpc(new NotModifiedException("update x")))
        .returns(Code.FAILED_PRECONDITION.value(), com.google.rpc.Status::getCode)
        .returns("update x: not modified", com.google.rpc.Status::getMessage);
    assertThat(GrpcErrors.fromStatus(Status.FAILED_PRECONDITION.withDescription("no conflict")))
        .isInstanceOf(FailedPreconditionException.class);
  }

  @Test
  void words_areNotRepeated() {
    assertThat(GrpcErrors.toStatus(new NotFoundException("task x not found")).getDescription())
        .isEqualTo("task x not found");
    assertThat(GrpcErrors.toStatus(new NotFoundException("image \"x\"")).getDescription())
        .isEqualTo("image \"x\": not found");
    assertThat(GrpcErrors.toStatus(new UnimplementedException("")).getDescription())
        .isEqualTo("not implemented");
  }

  @Test
  void otherFailures_areUnknownWithTheirText() {
    Status status = GrpcErrors.toStatus(new UncheckedIOException(new IOException("disk on fire")));
    assertThat(status.getCode()).isEqualTo(Code.UNKNOWN);
    assertThat(status.getDescription()).isEqualTo("disk on fire");
    assertThat(GrpcErrors.toStatus(new NullPointerException()).getDescription())
        .isEqualTo("NullPointerException");
    assertThat(GrpcErrors.fromStatus(status)).isInstanceOf(UnknownException.class);
  }

  /** Their messages are bare paths. */
  @Test
  void failuresWithFiles_sayWhatIsWrongWithThem() {
    assertThat(GrpcErrors.toStatus(new NoSuchFileException("/x")).getDescription())
        .isEqualTo("/x: NoSuchFile");
    assertThat(GrpcErrors.toStatus(new AccessDeniedException("/x")).getDescription())
        .isEqualTo("/x: AccessDenied");
    assertThat(
            GrpcErrors.toStatus(new FileSystemException("/x", "/y", "No space left on device"))
                .getDescription())
        .isEqualTo("/x -> /y: No space left on device");
  }

  @Test
  void interruptionAndTimeout_haveTheirCodes() {
    assertThat(GrpcErrors.toStatus(new InterruptedException()).getCode()).isEqualTo(Code.CANCELLED);
    assertThat(GrpcErrors.toStatus(new TimeoutException()).getCode())
        .isEqualTo(Code.DEADLINE_EXCEEDED);
  }
}
