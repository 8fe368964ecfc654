// SPDX-License-Identifier: Apache-2.0
package gantry.wire;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Parser;
import com.google.protobuf.UnsafeByteOperations;
import containerd.types.transfer.AuthRequest;
import containerd.types.transfer.AuthResponse;
import containerd.types.transfer.AuthType;
import containerd.types.transfer.Data;
import containerd.types.transfer.WindowUpdate;
import gantry.oci.Descriptor;
import gantry.transfer.Credentials;
import gantry.transfer.Progress;
import gantry.typed.TypedValue;
import java.io.IOException;
import java.util.List;

/** The messages that flow in the streams of a transfer. */
public final class TransferMessageWire {
  private TransferMessageWire() {}

  /** A question for credentials. */
  public record CredentialQuestion(String host, String reference, List<String> challenges) {
    /** Copies the challenges. */
    public CredentialQuestion {
      challenges = List.copyOf(challenges);
    }
  }

  /** Encodes a step. */
  public static TypedValue encode(Progress progress) {
    containerd.types.transfer.Progress.Builder wire =
        containerd.types.transfer.Progress.newBuilder()
            .setEvent(progress.event())
            .setName(progress.name())
            .addAllParents(progress.parents())
            .setProgress(progress.progress())
            .setTotal(progress.total());
    Descriptor descriptor = progress.descriptor();
    if (descriptor != null) {
      wire.setDesc(DescriptorWire.encode(descriptor));
    }
    return AnyWire.typed(wire.build());
  }

  /**
   * Decodes a step.
   *
   * @throws IOException if the message is something else
   */
  public static Progress progress(TypedValue message) throws IOException {
    containerd.types.transfer.Progress wire =
        parse(message, containerd.types.transfer.Progress.parser(), "Progress");
    return new Progress(
        wire.getEvent(),
        wire.getName(),
        wire.getParentsList(),
        wire.getProgress(),
        wire.getTotal(),
        wire.hasDesc() ? DescriptorWire.decode(wire.getDesc()) : null);
  }

  /** Encodes a question. */
  public static TypedValue encode(CredentialQuestion question) {
    return AnyWire.typed(
        AuthRequest.newBuilder()
            .setHost(question.host())
            .setReference(question.reference())
            .addAllWwwauthenticate(question.challenges())
            .build());
  }

  /**
   * Decodes a question.
   *
   * @throws IOException if the message is something else
   */
  public static CredentialQuestion question(TypedValue message) throws IOException {
    AuthRequest wire = parse(message, AuthRequest.parser(), "AuthRequest");
    return new CredentialQuestion(
        wire.getHost(), wire.getReference(), wire.getWwwauthenticateList());
  }

  /** Encodes an answer. */
  public static TypedValue encode(Credentials credentials) {
    AuthResponse.Builder wire = AuthResponse.newBuilder();
    switch (credentials) {
      case Credentials.None none -> wire.setAuthType(AuthType.NONE);
      case Credentials.Password password ->
          wire.setAuthType(AuthType.CREDENTIALS)
              .setUsername(password.user())
              .setSecret(password.secret());
      case Credentials.RefreshToken token ->
          wire.setAuthType(AuthType.REFRESH).setSecret(token.token());
      case Credentials.Header header -> wire.setAuthType(AuthType.HEADER).setSecret(header.value());
    }
    return AnyWire.typed(wire.build());
  }

  /**
   * Decodes an answer. Clients that have none answer with an empty token, and with a token for a
   * password when there is no user.
   *
   * @throws IOException if the message is something else
   */
  public static Credentials credentials(TypedValue message) throws IOException {
    AuthResponse wire = parse(message, AuthResponse.parser(), "AuthResponse");
    String secret = wire.getSecret();
    return switch (wire.getAuthType()) {
      case CREDENTIALS ->
          wire.getUsername().isEmpty()
              ? token(secret)
              : new Credentials.Password(wire.getUsername(), secret);
      case REFRESH -> token(secret);
      case HEADER -> new Credentials.Header(secret);
      case NONE, UNRECOGNIZED -> Credentials.NONE;
    };
  }

  private static Credentials token(String secret) {
    return secret.isEmpty() ? Credentials.NONE : new Credentials.RefreshToken(secret);
  }

  /** Encodes bytes; they must not change before the message is sent. */
  static TypedValue data(byte[] bytes, int offset, int length) {
    return AnyWire.typed(
        Data.newBuilder().setData(UnsafeByteOperations.unsafeWrap(bytes, offset, length)).build());
  }

  /** Decodes bytes. */
  static ByteString data(TypedValue message) throws IOException {
    return parse(message, Data.parser(), "Data").getData();
  }

  /** Encodes leave to send so many bytes more. */
  static TypedValue window(int bytes) {
    return AnyWire.typed(WindowUpdate.newBuilder().setUpdate(bytes).build());
  }

  /** Decodes leave to send so many bytes more. */
  static int window(TypedValue message) throws IOException {
    return parse(message, WindowUpdate.parser(), "WindowUpdate").getUpdate();
  }

  private static <T> T parse(TypedValue message, Parser<T> parser, String type) throws IOException {
    String name = AnyWire.typeName(message.typeUrl());
    if (!name.equals("containerd.types.transfer." + type)) {
      throw new IOException(
          "read stream: want a message containerd.types.transfer.%s, got %s".formatted(type, name));
    }
    try {
      return parser.parseFrom(message.value());
    } catch (InvalidProtocolBufferException e) {
      throw new IOException("read stream: malformed %s".formatted(name), e);
    }
  }
}
