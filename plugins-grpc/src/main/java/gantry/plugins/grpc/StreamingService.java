// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.grpc;

import com.google.protobuf.Any;
import com.google.protobuf.Empty;
import com.google.protobuf.InvalidProtocolBufferException;
import containerd.services.streaming.v1.StreamInit;
import containerd.services.streaming.v1.StreamingGrpc;
import gantry.errors.InvalidArgumentException;
import gantry.metadata.Caller;
import gantry.plugins.Handle;
import gantry.plugins.OutlivingCalls;
import gantry.plugins.Plugin;
import gantry.streaming.Streams;
import gantry.wire.AnyWire;
import io.grpc.BindableService;
import io.grpc.ServerServiceDefinition;
import java.time.Duration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** The streaming service: a client names a stream here and refers to it in another call. */
@Component(name = StreamingService.PLUGIN, immediate = true)
@Plugin(value = StreamingService.PLUGIN, plugin_requires = "io.containerd.streaming.v1")
@OutlivingCalls("Stream")
public final class StreamingService implements BindableService {
  static final String PLUGIN = "io.containerd.grpc.v1.streaming";

  private static final Duration FIRST_MESSAGE = Duration.ofMinutes(1);

  private final Replies replies = new Replies();
  private final Handle<Streams> streams;

  /** Serves the table of streams. */
  @Activate
  public StreamingService(
      @Reference(target = "(contract=gantry.streaming.Streams)") Handle<Streams> streams) {
    this.streams = streams;
  }

  @Override
  public ServerServiceDefinition bindService() {
    return ServerServiceDefinition.builder(StreamingGrpc.getServiceDescriptor())
        .addMethod(StreamingGrpc.getStreamMethod(), replies.conversation(this::stream))
        .build();
  }

  private void stream(CallHeaders headers, Source<Any> requests, Sink<Any> answers)
      throws InterruptedException {
    Caller caller = headers.caller();
    String id =
        requests
            .next(FIRST_MESSAGE)
            .map(StreamingService::id)
            .orElseThrow(() -> new InvalidArgumentException("open stream: the client named none"));
    answers.interruptWhenOver();
    try (ClientStream stream = new ClientStream(id, requests, answers)) {
      streams.run(table -> table.register(caller, id, stream));
      answers.send(AnyWire.pack(Empty.getDefaultInstance()));
      stream.awaitClose();
    }
  }

  private static String id(Any first) {
    String type = AnyWire.typeName(first.getTypeUrl());
    if (!type.equals("containerd.services.streaming.v1.StreamInit")) {
      throw new InvalidArgumentException(
          "open stream: want containerd.services.streaming.v1.StreamInit first, got %s"
              .formatted(type));
    }
    try {
      return StreamInit.parseFrom(first.getValue()).getId();
    } catch (InvalidProtocolBufferException e) {
      throw new InvalidArgumentException("open stream: malformed " + type, e);
    }
  }
}
