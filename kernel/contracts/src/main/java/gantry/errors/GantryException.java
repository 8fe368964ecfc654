// SPDX-License-Identifier: Apache-2.0
package gantry.errors;

import org.jspecify.annotations.Nullable;

/**
 * An outcome a caller can act on. Each kind maps to one gRPC status, in {@code GrpcErrors} and
 * nowhere else; anything that is not one of these kinds reaches a client as {@code Unknown}.
 */
public abstract sealed class GantryException extends RuntimeException
    permits InvalidArgumentException,
        NotFoundException,
        AlreadyExistsException,
        PermissionDeniedException,
        ResourceExhaustedException,
        FailedPreconditionException,
        AbortedException,
        OutOfRangeException,
        UnimplementedException,
        InternalException,
        UnavailableException,
        DataLossException,
        UnauthenticatedException,
        DeadlineExceededException,
        CanceledException,
        ConflictException,
        NotModifiedException,
        UnknownException {
  private static final long serialVersionUID = 1L;

  GantryException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  /** The message; unlike other throwables these always have one. */
  @Override
  public String getMessage() {
    return String.valueOf(super.getMessage());
  }
}
