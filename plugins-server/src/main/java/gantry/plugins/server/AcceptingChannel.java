// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.server;

import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelMetadata;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.DefaultChannelConfig;
import io.netty.channel.ServerChannel;
import io.netty.channel.nio.AbstractNioMessageChannel;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Accepts from a unix socket that listens already and whose file is somebody else's. It accepts
 * nothing until it is told to read.
 */
final class AcceptingChannel extends AbstractNioMessageChannel implements ServerChannel {
  private static final ChannelMetadata METADATA = new ChannelMetadata(false, 16);

  private final ChannelConfig config = new DefaultChannelConfig(this);
  private final Runnable accepted;
  private volatile boolean bound;

  /**
   * Takes over a channel that is bound.
   *
   * @param socket closed with this
   * @param accepted run for each connection
   */
  AcceptingChannel(ServerSocketChannel socket, Runnable accepted) {
    super(null, socket, SelectionKey.OP_ACCEPT);
    this.accepted = accepted;
    config.setAutoRead(false);
  }

  @Override
  protected ServerSocketChannel javaChannel() {
    return (ServerSocketChannel) super.javaChannel();
  }

  @Override
  public ChannelConfig config() {
    return config;
  }

  @Override
  public ChannelMetadata metadata() {
    return METADATA;
  }

  @Override
  public boolean isActive() {
    return bound && isOpen();
  }

  /** The socket was bound before, by somebody else. */
  @Override
  protected void doBind(SocketAddress address) {
    bound = true;
  }

  @Override
  protected int doReadMessages(List<Object> messages) throws Exception {
    SocketChannel next = javaChannel().accept();
    if (next == null) {
      return 0;
    }
    accepted.run();
    messages.add(new NioDomainSocketChannel(this, next));
    return 1;
  }

  @Override
  protected void doClose() throws Exception {
    super.doClose();
    javaChannel().close();
  }

  /** A connection that went away must not end the accepting. */
  @Override
  protected boolean closeOnReadError(Throwable cause) {
    return !(cause instanceof IOException) && super.closeOnReadError(cause);
  }

  @Override
  protected @Nullable SocketAddress localAddress0() {
    try {
      return javaChannel().getLocalAddress();
    } catch (IOException closed) {
      return null;
    }
  }

  @Override
  protected @Nullable SocketAddress remoteAddress0() {
    return null;
  }

  @Override
  protected boolean doConnect(SocketAddress remote, SocketAddress local) {
    throw new UnsupportedOperationException();
  }

  @Override
  protected void doFinishConnect() {
    throw new UnsupportedOperationException();
  }

  @Override
  protected void doDisconnect() {
    throw new UnsupportedOperationException();
  }

  @Override
  protected boolean doWriteMessage(Object message, ChannelOutboundBuffer buffer) {
    throw new UnsupportedOperationException();
  }
}
