// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.grpc;

import com.google.protobuf.Empty;
import containerd.services.transfer.v1.TransferGrpc;
import containerd.services.transfer.v1.TransferRequest;
import gantry.errors.UnimplementedException;
import gantry.metadata.Caller;
import gantry.plugins.Handle;
import gantry.plugins.OutlivingCalls;
import gantry.plugins.Plugin;
import gantry.streaming.MessageStream;
import gantry.streaming.Streams;
import gantry.transfer.TransferEnd;
import gantry.transfer.Transfers;
import gantry.wire.AnyWire;
import gantry.wire.TransferWire;
import io.grpc.BindableService;
import io.grpc.ServerServiceDefinition;
import java.io.IOException;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** The transfer service. A transfer ends when its client leaves. */
@Component(name = TransferService.PLUGIN, immediate = true)
@Plugin(
    value = TransferService.PLUGIN,
    plugin_requires = {"io.containerd.transfer.v1", "io.containerd.streaming.v1"})
@OutlivingCalls("Transfer")
public final class TransferService implements BindableService {
  static final String PLUGIN = "io.containerd.grpc.v1.transfer";

  private final Replies replies = new Replies();
  private final Handle<Transfers> transfers;
  private final Handle<Streams> streams;

  /** Serves the transfer plugin, with streams of the streaming plugin. */
  @Activate
  public TransferService(
      @Reference(target = "(contract=gantry.transfer.Transfers)") Handle<Transfers> transfers,
      @Reference(target = "(contract=gantry.streaming.Streams)") Handle<Streams> streams) {
    this.transfers = transfers;
    this.streams = streams;
  }

  @Override
  public ServerServiceDefinition bindService() {
    return ServerServiceDefinition.builder(TransferGrpc.getServiceDescriptor())
        .addMethod(TransferGrpc.getTransferMethod(), replies.waiting(this::transfer))
        .build();
  }

  private Empty transfer(CallHeaders headers, TransferRequest request) throws IOException {
    Caller caller = headers.caller();
    String progressId = request.getOptions().getProgressStream();
    try (TransferStreams used = new TransferStreams(id -> stream(caller, id));
        ProgressQueue progress =
            progressId.isEmpty()
                ? ProgressQueue.toNobody()
                : ProgressQueue.to(stream(caller, progressId))) {
      TransferEnd source = TransferWire.decode(request.getSource(), used);
      TransferEnd destination = TransferWire.decode(request.getDestination(), used);
      new RestartedTransfer(transfers, caller, source, destination, progress).run();
    } catch (UnimplementedException e) {
      throw new UnimplementedException(
          "method Transfer not implemented for %s to %s"
              .formatted(
                  AnyWire.typeName(request.getSource().getTypeUrl()),
                  AnyWire.typeName(request.getDestination().getTypeUrl())),
          e);
    }
    return Empty.getDefaultInstance();
  }

  private MessageStream stream(Caller caller, String id) {
    return streams.call(table -> table.get(caller.namespace(), id));
  }
}
