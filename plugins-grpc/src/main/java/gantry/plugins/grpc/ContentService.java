// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.grpc;

import com.google.protobuf.Empty;
import com.google.protobuf.UnsafeByteOperations;
import containerd.services.content.v1.AbortRequest;
import containerd.services.content.v1.ContentGrpc;
import containerd.services.content.v1.DeleteContentRequest;
import containerd.services.content.v1.InfoRequest;
import containerd.services.content.v1.InfoResponse;
import containerd.services.content.v1.ListContentRequest;
import containerd.services.content.v1.ListContentResponse;
import containerd.services.content.v1.ListStatusesRequest;
import containerd.services.content.v1.ListStatusesResponse;
import containerd.services.content.v1.ReadContentRequest;
import containerd.services.content.v1.ReadContentResponse;
import containerd.services.content.v1.StatusRequest;
import containerd.services.content.v1.StatusResponse;
import containerd.services.content.v1.UpdateRequest;
import containerd.services.content.v1.UpdateResponse;
import containerd.services.content.v1.WriteContentRequest;
import containerd.services.content.v1.WriteContentResponse;
import gantry.content.BlobInfo;
import gantry.content.ContentReader;
import gantry.content.ContentStore;
import gantry.content.IngestStatus;
import gantry.errors.DataLossException;
import gantry.errors.OutOfRangeException;
import gantry.filters.FilterParser;
import gantry.metadata.Metadata;
import gantry.oci.Digest;
import gantry.plugins.Handle;
import gantry.plugins.OutlivingCalls;
import gantry.plugins.Plugin;
import gantry.wire.ContentWire;
import gantry.wire.FieldMaskWire;
import io.grpc.BindableService;
import io.grpc.ServerServiceDefinition;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** The content service: blobs and ingests of the caller's namespace. */
@Component(name = ContentService.PLUGIN, immediate = true)
@Plugin(value = ContentService.PLUGIN, plugin_requires = "io.containerd.metadata.v1")
@OutlivingCalls({"Read", "Write"})
public final class ContentService implements BindableService {
  static final String PLUGIN = "io.containerd.grpc.v1.content";

  /** Bytes in one message of a read; far enough below the limit for messages. */
  static final int CHUNK = 256 << 10;

  private final Replies replies = new Replies();
  private final Handle<Metadata> metadata;

  /** Serves the content view of the metadata plugin. */
  @Activate
  public ContentService(
      @Reference(target = "(contract=gantry.metadata.Metadata)") Handle<Metadata> metadata) {
    this.metadata = metadata;
  }

  @Override
  public ServerServiceDefinition bindService() {
    return ServerServiceDefinition.builder(ContentGrpc.getServiceDescriptor())
        .addMethod(ContentGrpc.getInfoMethod(), replies.unary(this::info))
        .addMethod(ContentGrpc.getUpdateMethod(), replies.unary(this::update))
        .addMethod(ContentGrpc.getListMethod(), replies.streaming(this::list))
        .addMethod(ContentGrpc.getDeleteMethod(), replies.unary(this::delete))
        .addMethod(ContentGrpc.getReadMethod(), replies.streaming(this::read))
        .addMethod(ContentGrpc.getStatusMethod(), replies.unary(this::status))
        .addMethod(ContentGrpc.getListStatusesMethod(), replies.unary(this::statuses))
        .addMethod(ContentGrpc.getWriteMethod(), replies.conversation(this::write))
        .addMethod(ContentGrpc.getAbortMethod(), replies.unary(this::abort))
        .build();
  }

  private InfoResponse info(CallHeaders headers, InfoRequest request) throws IOException {
    Digest digest = Digest.parse(request.getDigest());
    BlobInfo blob = call(headers, content -> content.info(digest));
    return InfoResponse.newBuilder().setInfo(ContentWire.encode(blob)).build();
  }

  private UpdateResponse update(CallHeaders headers, UpdateRequest request) throws IOException {
    BlobInfo wanted = ContentWire.decode(request.getInfo());
    BlobInfo updated =
        call(
            headers,
            content -> content.update(wanted, FieldMaskWire.decode(request.getUpdateMask())));
    return UpdateResponse.newBuilder().setInfo(ContentWire.encode(updated)).build();
  }

  private void list(
      CallHeaders headers, ListContentRequest request, Sink<ListContentResponse> answers)
      throws IOException, InterruptedException {
    var filter = FilterParser.parse(request.getFiltersList());
    List<BlobInfo> found = new ArrayList<>();
    call(
        headers,
        content -> {
          content.walk(filter, found::add);
          return found;
        });
    Batches.of(
        found,
        batch ->
            answers.send(
                ListContentResponse.newBuilder()
                    .addAllInfo(batch.stream().map(ContentWire::encode).toList())
                    .build()));
  }

  private Empty delete(CallHeaders headers, DeleteContentRequest request) throws IOException {
    Digest digest = Digest.parse(request.getDigest());
    var caller = headers.caller();
    metadata.run(m -> m.in(caller).content().delete(digest));
    return Empty.getDefaultInstance();
  }

  private void read(
      CallHeaders headers, ReadContentRequest request, Sink<ReadContentResponse> answers)
      throws IOException, InterruptedException {
    Digest digest = Digest.parse(request.getDigest());
    var caller = headers.caller();
    // A reader outlives the version that opened it.
    try (ContentReader reader =
        metadata.<ContentReader, IOException>call(m -> m.in(caller).content().reader(digest))) {
      long size = reader.size();
      long from = Math.max(request.getOffset(), 0);
      if (from > size) {
        throw new OutOfRangeException(
            "read content %s at %d: past object length %d bytes".formatted(digest, from, size));
      }
      long wanted = request.getSize();
      long length = wanted <= 0 || wanted > size - from ? size - from : wanted;
      for (long sent = 0; sent < length; ) {
        ByteBuffer chunk = ByteBuffer.allocate((int) Math.min(CHUNK, length - sent));
        fill(chunk, reader, digest, from + sent);
        answers.send(
            ReadContentResponse.newBuilder()
                .setOffset(sent)
                .setData(UnsafeByteOperations.unsafeWrap(chunk.flip()))
                .build());
        sent += chunk.limit();
      }
    }
  }

  private static void fill(ByteBuffer chunk, ContentReader reader, Digest digest, long offset)
      throws IOException {
    while (chunk.hasRemaining()) {
      if (reader.read(chunk, offset + chunk.position()) < 0) {
        throw new DataLossException(
            "read content %s: it ends before byte %d".formatted(digest, offset + chunk.limit()));
      }
    }
  }

  private StatusResponse status(CallHeaders headers, StatusRequest request) throws IOException {
    IngestStatus ingest = call(headers, content -> content.status(request.getRef()));
    return StatusResponse.newBuilder().setStatus(ContentWire.encode(ingest)).build();
  }

  private ListStatusesResponse statuses(CallHeaders headers, ListStatusesRequest request)
      throws IOException {
    var filter = FilterParser.parse(request.getFiltersList());
    List<IngestStatus> ingests = call(headers, content -> content.statuses(filter));
    return ListStatusesResponse.newBuilder()
        .addAllStatuses(ingests.stream().map(ContentWire::encode).toList())
        .build();
  }

  private void write(
      CallHeaders headers, Source<WriteContentRequest> requests, Sink<WriteContentResponse> answers)
      throws IOException, InterruptedException {
    new ContentWriteStream(metadata, headers.caller()).run(requests, answers);
  }

  private Empty abort(CallHeaders headers, AbortRequest request) throws IOException {
    var caller = headers.caller();
    metadata.run(m -> m.in(caller).content().abort(request.getRef()));
    return Empty.getDefaultInstance();
  }

  private <R> R call(CallHeaders headers, Handle.Call<ContentStore, R, IOException> call)
      throws IOException {
    var caller = headers.caller();
    return metadata.call(m -> call.on(m.in(caller).content()));
  }
}
