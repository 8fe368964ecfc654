// SPDX-License-Identifier: Apache-2.0
package gantry.wire;

import gantry.errors.AbortedException;
import gantry.errors.AlreadyExistsException;
import gantry.errors.CanceledException;
import gantry.errors.ConflictException;
import gantry.errors.DataLossException;
import gantry.errors.DeadlineExceededException;
import gantry.errors.FailedPreconditionException;
import gantry.errors.GantryException;
import gantry.errors.InternalException;
import gantry.errors.InvalidArgumentException;
import gantry.errors.NotFoundException;
import gantry.errors.NotModifiedException;
import gantry.errors.OutOfRangeException;
import gantry.errors.PermissionDeniedException;
import gantry.errors.ResourceExhaustedException;
import gantry.errors.UnauthenticatedException;
import gantry.errors.UnavailableException;
import gantry.errors.UnimplementedException;
import gantry.errors.UnknownException;
import io.grpc.Status;
import io.grpc.Status.Code;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Errors as statuses and back: the only place that knows both. Every message ends with the words
 * clients know its kind by, for instance {@code : not found}; two kinds that share a code, conflict
 * and not modified, can be told apart by nothing else. What is no {@link GantryException} becomes
 * UNKNOWN.
 */
public final class GrpcErrors {
  private GrpcErrors() {}

  /** The status of a failure, as gRPC carries it. */
  public static Status toStatus(Throwable failure) {
    return switch (failure) {
      case GantryException known -> {
        Kind kind = Kind.of(known);
        yield kind.code.toStatus().withDescription(kind.describe(known.getMessage()));
      }
      case StatusRuntimeException status -> status.getStatus();
      case StatusException status -> status.getStatus();
      case InterruptedException gone -> Status.CANCELLED.withDescription(Kind.CANCELED.words);
      case CancellationException gone -> Status.CANCELLED.withDescription(Kind.CANCELED.words);
      case TimeoutException late ->
          Status.DEADLINE_EXCEEDED.withDescription(Kind.DEADLINE_EXCEEDED.words);
      case UncheckedIOException wrapped when wrapped.getCause() != null ->
          toStatus(wrapped.getCause());
      default -> Status.UNKNOWN.withDescription(text(failure));
    };
  }

  /** The status of a failure, as ttrpc and error details carry it. */
  public static com.google.rpc.Status toRpc(Throwable failure) {
    Status status = toStatus(failure);
    String description = status.getDescription();
    return com.google.rpc.Status.newBuilder()
        .setCode(status.getCode().value())
        .setMessage(description == null ? "" : description)
        .build();
  }

  /**
   * The failure a status stands for; OK stands for an internal one.
   *
   * @param status of a failed call
   */
  public static GantryException fromStatus(Status status) {
    String description = status.getDescription();
    String message = description == null ? "" : description;
    return Kind.of(status.getCode(), message).failure(message, status.getCause());
  }

  /** As {@link #fromStatus}, from what a gRPC stub throws. */
  public static GantryException fromGrpc(StatusRuntimeException failure) {
    Status status = failure.getStatus();
    return fromStatus(status.getCause() == null ? status.withCause(failure) : status);
  }

  /** As {@link #fromStatus}, from what a ttrpc response carries. */
  public static GantryException fromRpc(com.google.rpc.Status status) {
    return fromStatus(Status.fromCodeValue(status.getCode()).withDescription(status.getMessage()));
  }

  private static String text(Throwable failure) {
    String message = failure.getMessage();
    String type = failure.getClass().getSimpleName();
    if (message == null || message.isEmpty()) {
      return type;
    }
    // Without a reason of its own the message of such a failure is a bare path.
    return failure instanceof FileSystemException file && file.getReason() == null
        ? message + ": " + type.replace("Exception", "")
        : message;
  }

  /** A kind of failure, its code and the words its messages end with. */
  private enum Kind {
    INVALID_ARGUMENT(Code.INVALID_ARGUMENT, "invalid argument"),
    NOT_FOUND(Code.NOT_FOUND, "not found"),
    ALREADY_EXISTS(Code.ALREADY_EXISTS, "already exists"),
    PERMISSION_DENIED(Code.PERMISSION_DENIED, "permission denied"),
    RESOURCE_EXHAUSTED(Code.RESOURCE_EXHAUSTED, "resource exhausted"),
    FAILED_PRECONDITION(Code.FAILED_PRECONDITION, "failed precondition"),
    CONFLICT(Code.FAILED_PRECONDITION, "conflict"),
    NOT_MODIFIED(Code.FAILED_PRECONDITION, "not modified"),
    ABORTED(Code.ABORTED, "aborted"),
    OUT_OF_RANGE(Code.OUT_OF_RANGE, "out of range"),
    UNIMPLEMENTED(Code.UNIMPLEMENTED, "not implemented"),
    INTERNAL(Code.INTERNAL, "internal"),
    UNAVAILABLE(Code.UNAVAILABLE, "unavailable"),
    DATA_LOSS(Code.DATA_LOSS, "data loss"),
    UNAUTHENTICATED(Code.UNAUTHENTICATED, "unauthorized"),
    DEADLINE_EXCEEDED(Code.DEADLINE_EXCEEDED, "context deadline exceeded"),
    CANCELED(Code.CANCELLED, "context canceled"),
    UNKNOWN(Code.UNKNOWN, "unknown");

    private final Code code;
    private final String words;

    Kind(Code code, String words) {
      this.code = code;
      this.words = words;
    }

    static Kind of(GantryException failure) {
      return switch (failure) {
        case InvalidArgumentException e -> INVALID_ARGUMENT;
        case NotFoundException e -> NOT_FOUND;
        case AlreadyExistsException e -> ALREADY_EXISTS;
        case PermissionDeniedException e -> PERMISSION_DENIED;
        case ResourceExhaustedException e -> RESOURCE_EXHAUSTED;
        case FailedPreconditionException e -> FAILED_PRECONDITION;
        case ConflictException e -> CONFLICT;
        case NotModifiedException e -> NOT_MODIFIED;
        case AbortedException e -> ABORTED;
        case OutOfRangeException e -> OUT_OF_RANGE;
        case UnimplementedException e -> UNIMPLEMENTED;
        case InternalException e -> INTERNAL;
        case UnavailableException e -> UNAVAILABLE;
        case DataLossException e -> DATA_LOSS;
        case UnauthenticatedException e -> UNAUTHENTICATED;
        case DeadlineExceededException e -> DEADLINE_EXCEEDED;
        case CanceledException e -> CANCELED;
        case UnknownException e -> UNKNOWN;
      };
    }

    static Kind of(Code code, String message) {
      return switch (code) {
        case FAILED_PRECONDITION ->
            CONFLICT.ends(message)
                ? CONFLICT
                : NOT_MODIFIED.ends(message) ? NOT_MODIFIED : FAILED_PRECONDITION;
        case INVALID_ARGUMENT -> INVALID_ARGUMENT;
        case NOT_FOUND -> NOT_FOUND;
        case ALREADY_EXISTS -> ALREADY_EXISTS;
        case PERMISSION_DENIED -> PERMISSION_DENIED;
        case RESOURCE_EXHAUSTED -> RESOURCE_EXHAUSTED;
        case ABORTED -> ABORTED;
        case OUT_OF_RANGE -> OUT_OF_RANGE;
        case UNIMPLEMENTED -> UNIMPLEMENTED;
        case UNAVAILABLE -> UNAVAILABLE;
        case DATA_LOSS -> DATA_LOSS;
        case UNAUTHENTICATED -> UNAUTHENTICATED;
        case DEADLINE_EXCEEDED -> DEADLINE_EXCEEDED;
        case CANCELLED -> CANCELED;
        case UNKNOWN -> UNKNOWN;
        case OK, INTERNAL -> INTERNAL;
      };
    }

    /** The message with the words at its end, once. */
    String describe(String message) {
      if (this == UNKNOWN) {
        // clients add the word themselves
        return message;
      }
      boolean loose = code != Code.FAILED_PRECONDITION && message.endsWith(" " + words);
      if (message.isEmpty()) {
        return words;
      }
      return loose || ends(message) ? message : message + ": " + words;
    }

    boolean ends(String message) {
      return message.equals(words) || message.endsWith(": " + words);
    }

    GantryException failure(String message, @Nullable Throwable cause) {
      return switch (this) {
        case INVALID_ARGUMENT -> new InvalidArgumentException(message, cause);
        case NOT_FOUND -> new NotFoundException(message, cause);
        case ALREADY_EXISTS -> new AlreadyExistsException(message, cause);
        case PERMISSION_DENIED -> new PermissionDeniedException(message, cause);
        case RESOURCE_EXHAUSTED -> new ResourceExhaustedException(message, cause);
        case FAILED_PRECONDITION -> new FailedPreconditionException(message, cause);
        case CONFLICT -> new ConflictException(message, cause);
        case NOT_MODIFIED -> new NotModifiedException(message, cause);
        case ABORTED -> new AbortedException(message, cause);
        case OUT_OF_RANGE -> new OutOfRangeException(message, cause);
        case UNIMPLEMENTED -> new UnimplementedException(message, cause);
        case INTERNAL -> new InternalException(message, cause);
        case UNAVAILABLE -> new UnavailableException(message, cause);
        case DATA_LOSS -> new DataLossException(message, cause);
        case UNAUTHENTICATED -> new UnauthenticatedException(message, cause);
        case DEADLINE_EXCEEDED -> new DeadlineExceededException(message, cause);
        case CANCELED -> new CanceledException(message, cause);
        case UNKNOWN -> new UnknownException(message, cause);
      };
    }
  }
}
