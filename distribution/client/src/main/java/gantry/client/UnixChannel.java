// SPDX-License-Identifier: Apache-2.0
package gantry.client;

import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import io.netty.util.concurrent.Future;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** A connection to a unix socket, made at the first call. Safe for concurrent use. */
record UnixChannel(ManagedChannel channel, EventLoopGroup loop) implements AutoCloseable {
  /** Largest message both sides accept, bytes. */
  private static final int MESSAGE_MAX = 16 << 20;

  /** Bytes the server may send ahead; one that is given saves a ping with every message. */
  private static final int WINDOW = 1 << 20;

  private static final int CLOSE_TIMEOUT_MILLIS = 500;

  static UnixChannel to(Path socket) {
    EventLoopGroup loop =
        new MultiThreadIoEventLoopGroup(
            1,
            Thread.ofPlatform().daemon().name("gantry-client-", 0).factory(),
            NioIoHandler.newFactory());
    ManagedChannel channel =
        NettyChannelBuilder.forAddress(UnixDomainSocketAddress.of(socket))
            .eventLoopGroup(loop)
            .channelType(NioDomainSocketChannel.class, UnixDomainSocketAddress.class)
            .overrideAuthority("localhost")
            .usePlaintext()
            .directExecutor() // callers block in their own threads; nothing slow runs on the loop
            .proxyDetector(target -> null)
            .disableServiceConfigLookUp()
            .disableRetry()
            .maxTraceEvents(0)
            .maxInboundMessageSize(MESSAGE_MAX)
            .flowControlWindow(WINDOW)
            .build();
    return new UnixChannel(channel, loop);
  }

  @Override
  public void close() {
    channel.shutdownNow();
    Future<?> _ = loop.shutdownGracefully(0, CLOSE_TIMEOUT_MILLIS, TimeUnit.MILLISECONDS);
  }
}
