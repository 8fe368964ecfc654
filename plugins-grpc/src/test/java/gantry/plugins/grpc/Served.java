// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.grpc;

import io.grpc.BindableService;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.MetadataUtils;
import java.io.IOException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A service behind an in-process channel, called as one namespace. */
final class Served implements AutoCloseable {
  private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
  private final Server server;
  private final ManagedChannel channel;

  private Served(BindableService service, @Nullable String namespace, @Nullable String lease)
      throws IOException {
    String name = InProcessServerBuilder.generateName();
    server =
        InProcessServerBuilder.forName(name).executor(executor).addService(service).build().start();
    Metadata headers = new Metadata();
    if (namespace != null) {
      headers.put(CallHeaders.NAMESPACE, namespace);
    }
    if (lease != null) {
      headers.put(CallHeaders.LEASE, lease);
    }
    channel =
        InProcessChannelBuilder.forName(name)
            .executor(executor)
            .intercept(MetadataUtils.newAttachHeadersInterceptor(headers))
            .build();
  }

  static Served in(String namespace, BindableService service) throws IOException {
    return new Served(service, namespace, null);
  }

  static Served in(String namespace, String lease, BindableService service) throws IOException {
    return new Served(service, namespace, lease);
  }

  static Served withoutNamespace(BindableService service) throws IOException {
    return new Served(service, null, null);
  }

  ManagedChannel channel() {
    return channel;
  }

  @Override
  public void close() {
    channel.shutdownNow();
    server.shutdownNow();
    try {
      server.awaitTermination(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    executor.close();
  }
}
