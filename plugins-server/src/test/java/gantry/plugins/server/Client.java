// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.server;

import com.google.protobuf.Empty;
import containerd.services.version.v1.VersionGrpc;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** A client on a unix socket. */
final class Client implements AutoCloseable {
  private final EventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final ManagedChannel channel;

  Client(Path socket) {
    channel =
        NettyChannelBuilder.forAddress(UnixDomainSocketAddress.of(socket))
            .channelType(NioDomainSocketChannel.class, UnixDomainSocketAddress.class)
            .eventLoopGroup(loops)
            .overrideAuthority("localhost")
            .maxInboundMessageSize(32 << 20)
            .usePlaintext()
            .build();
  }

  ManagedChannel channel() {
    return channel;
  }

  String version() {
    return VersionGrpc.newBlockingStub(channel).version(Empty.getDefaultInstance()).getVersion();
  }

  @Override
  public void close() {
    channel.shutdownNow();
    loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(5000);
  }
}
