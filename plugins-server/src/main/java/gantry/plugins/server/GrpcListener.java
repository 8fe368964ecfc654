// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.server;

import io.grpc.HandlerRegistry;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.nio.channels.ServerSocketChannel;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * gRPC on a unix socket that listens already. It owns every thread it uses; after {@link #close}
 * none is left, unless a handler does not end.
 */
final class GrpcListener implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(GrpcListener.class);

  /** Bytes of headers a client may send; Go's servers are as generous. */
  private static final int METADATA_MAX = 1 << 20;

  /**
   * Bytes a client may send ahead. A window that is given is not adapted to the bandwidth, which
   * would take a ping with every message on what is no network.
   */
  private static final int WINDOW = 1 << 20;

  private static final Duration GRACE = Duration.ofSeconds(1);
  private static final Duration LIMIT = Duration.ofSeconds(5);

  private final EventLoopGroup loops;
  private final ExecutorService calls;
  private final Server server;
  private final AcceptingChannel socket;
  private final Handshakes handshakes;

  private GrpcListener(
      EventLoopGroup loops,
      ExecutorService calls,
      Server server,
      AcceptingChannel socket,
      Handshakes handshakes) {
    this.handshakes = handshakes;
    this.socket = socket;
    this.loops = loops;
    this.calls = calls;
    this.server = server;
  }

  /**
   * Makes everything ready; accepts nothing yet.
   *
   * @param listening closed with the result
   * @param messageMax bytes a message from a client may have
   * @param tally counts the calls
   */
  static GrpcListener start(
      ServerSocketChannel listening, HandlerRegistry registry, int messageMax, CallTally tally)
      throws IOException {
    Handshakes handshakes = new Handshakes();
    AcceptingChannel socket = new AcceptingChannel(listening, handshakes::begin);
    int threads = Math.min(2, Runtime.getRuntime().availableProcessors());
    EventLoopGroup loops =
        new MultiThreadIoEventLoopGroup(
            threads, new DefaultThreadFactory("grpc-io", true), NioIoHandler.newFactory());
    ExecutorService calls =
        Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("grpc-call-", 0).factory());
    Server server =
        NettyServerBuilder.forAddress(listening.getLocalAddress())
            .channelFactory(() -> socket)
            .bossEventLoopGroup(loops)
            .workerEventLoopGroup(loops)
            .executor(calls)
            .addTransportFilter(handshakes)
            .addStreamTracerFactory(tally)
            .maxInboundMessageSize(messageMax)
            .maxInboundMetadataSize(METADATA_MAX)
            .flowControlWindow(WINDOW)
            .fallbackHandlerRegistry(registry)
            .build();
    GrpcListener listener = new GrpcListener(loops, calls, server, socket, handshakes);
    try {
      server.start();
      return listener;
    } catch (IOException | RuntimeException e) {
      listener.close();
      throw e;
    }
  }

  /** Begins to accept. */
  void accept() {
    socket.config().setAutoRead(true);
  }

  /**
   * Accepts no more: connections in the queue are another's. Clients are told to connect anew, and
   * their connections end when the calls on them do.
   */
  void retire() {
    stopAccepting();
    server.shutdown();
  }

  private void stopAccepting() {
    socket.config().setAutoRead(false);
    socket.eventLoop().submit(() -> {}).awaitUninterruptibly(LIMIT.toMillis());
    handshakes.await(GRACE);
  }

  /** Waits until the last call of a retired listener ended; false if not in time. */
  boolean awaitEnd(Duration time) throws InterruptedException {
    return server.awaitTermination(time.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Lets calls end for a moment, then ends them. */
  @Override
  public void close() {
    if (!server.isShutdown()) {
      retire();
    }
    try {
      if (!server.awaitTermination(GRACE.toMillis(), TimeUnit.MILLISECONDS)) {
        server.shutdownNow();
        server.awaitTermination(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
      }
      calls.shutdownNow();
      boolean idle =
          loops
              .shutdownGracefully(0, LIMIT.toMillis(), TimeUnit.MILLISECONDS)
              .await(LIMIT.toMillis());
      boolean ended = calls.awaitTermination(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
      if (!idle || !ended) {
        log.warn("grpc server stopped with calls still running");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      server.shutdownNow();
      calls.shutdownNow();
      Future<?> _ = loops.shutdownGracefully(0, 0, TimeUnit.MILLISECONDS);
    }
  }
}
