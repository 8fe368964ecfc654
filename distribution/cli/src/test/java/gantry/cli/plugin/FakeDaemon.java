// SPDX-License-Identifier: Apache-2.0
package gantry.cli.plugin;

import com.google.protobuf.MessageLite;
import gantry.errors.GantryException;
import gantry.wire.GrpcErrors;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCalls;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** A daemon that answers by method what a test says, and remembers what it was asked. */
final class FakeDaemon implements AutoCloseable {
  private final EventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final List<MessageLite> requests = new CopyOnWriteArrayList<>();
  private final Path socket;
  private final Server server;

  /** Serves methods of services; an answer that is thrown ends the call. */
  FakeDaemon(
      Path socket,
      List<ServiceDescriptor> services,
      Map<String, Function<MessageLite, List<? extends MessageLite>>> answers)
      throws IOException {
    this.socket = socket;
    NettyServerBuilder builder =
        NettyServerBuilder.forAddress(UnixDomainSocketAddress.of(socket))
            .channelType(NioServerDomainSocketChannel.class)
            .bossEventLoopGroup(loops)
            .workerEventLoopGroup(loops);
    services.forEach(service -> builder.addService(definition(service, answers)));
    this.server = builder.build().start();
  }

  private ServerServiceDefinition definition(
      ServiceDescriptor service,
      Map<String, Function<MessageLite, List<? extends MessageLite>>> answers) {
    // every method has to be there; those without an answer end with an error
    ServerServiceDefinition.Builder builder = ServerServiceDefinition.builder(service);
    for (MethodDescriptor<?, ?> method : service.getMethods()) {
      add(builder, method, answers.getOrDefault(method.getBareMethodName(), _ -> List.of()));
    }
    return builder.build();
  }

  @SuppressWarnings("unchecked") // all messages are protobuf's
  private void add(
      ServerServiceDefinition.Builder builder,
      MethodDescriptor<?, ?> method,
      Function<MessageLite, List<? extends MessageLite>> answer) {
    builder.addMethod(
        (MethodDescriptor<MessageLite, MessageLite>) method,
        ServerCalls.asyncServerStreamingCall(
            (request, observer) -> {
              requests.add(request);
              try {
                answer.apply(request).forEach(observer::onNext);
                observer.onCompleted();
              } catch (GantryException failure) {
                observer.onError(GrpcErrors.toStatus(failure).asRuntimeException());
              }
            }));
  }

  /** What was asked, oldest first. */
  List<MessageLite> requests() {
    return requests;
  }

  Path socket() {
    return socket;
  }

  @Override
  public void close() {
    server.shutdownNow();
    Future<?> _ = loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }
}
