// SPDX-License-Identifier: Apache-2.0
package gantry.itest;

import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.AbstractStub;
import io.grpc.stub.MetadataUtils;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** A bare gRPC channel to a daemon, to send what no client would. */
final class Channels implements AutoCloseable {
  private static final Metadata.Key<String> NAMESPACE =
      Metadata.Key.of("containerd-namespace", Metadata.ASCII_STRING_MARSHALLER);
  private static final Metadata.Key<String> LEASE =
      Metadata.Key.of("containerd-lease", Metadata.ASCII_STRING_MARSHALLER);

  private final EventLoopGroup group =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final ManagedChannel channel;

  Channels(Path address) {
    channel =
        NettyChannelBuilder.forAddress(UnixDomainSocketAddress.of(address))
            .channelType(NioDomainSocketChannel.class, UnixDomainSocketAddress.class)
            .eventLoopGroup(group)
            .overrideAuthority("localhost")
            .usePlaintext()
            .build();
  }

  /** Without any header. */
  ManagedChannel bare() {
    return channel;
  }

  /** A stub that sends a namespace. */
  static <S extends AbstractStub<S>> S in(String namespace, S stub) {
    Metadata headers = new Metadata();
    headers.put(NAMESPACE, namespace);
    return stub.withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
  }

  /** A stub that sends a namespace and a lease. */
  static <S extends AbstractStub<S>> S leased(String namespace, String lease, S stub) {
    Metadata headers = new Metadata();
    headers.put(NAMESPACE, namespace);
    headers.put(LEASE, lease);
    return stub.withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
  }

  @Override
  public void close() {
    channel.shutdownNow();
    group.shutdownGracefully().awaitUninterruptibly(5, TimeUnit.SECONDS);
  }
}
