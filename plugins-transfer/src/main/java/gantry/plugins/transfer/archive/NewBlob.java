// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.transfer.archive;

import gantry.content.ContentWriter;
import gantry.errors.AlreadyExistsException;
import gantry.errors.CanceledException;
import gantry.errors.FailedPreconditionException;
import gantry.errors.InvalidArgumentException;
import gantry.labels.Labels;
import gantry.oci.Digest;
import gantry.oci.layout.BlobWriter;
import gantry.plugins.transfer.store.CallerStore;
import gantry.plugins.transfer.tasks.Cleanup;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** A blob that comes into the store. */
final class NewBlob implements BlobWriter {
  private final CallerStore store;
  private final String ref;
  private final ContentWriter writer;
  private final long size;
  private final @Nullable Digest expected;
  private boolean ended;

  NewBlob(
      CallerStore store, String ref, ContentWriter writer, long size, @Nullable Digest expected) {
    this.store = store;
    this.ref = ref;
    this.writer = writer;
    this.size = size;
    this.expected = expected;
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    if (Thread.currentThread().isInterrupted()) {
      throw new CanceledException("write blob %s: canceled".formatted(ref));
    }
    writer.write(ByteBuffer.wrap(bytes, offset, length));
  }

  @Override
  public Digest commit(Labels labels) throws IOException {
    Digest digest = expected == null ? writer.digest() : expected;
    try {
      writer.commit(size, digest, labels);
    } catch (AlreadyExistsException present) {
      store.keep(digest);
      store.label(digest, labels.map());
    } catch (FailedPreconditionException different) {
      throw new InvalidArgumentException(different.getMessage(), different);
    }
    ended = true;
    return digest;
  }

  /** Also of an interrupted thread, for which the writer's own close may fail. */
  @Override
  public void close() {
    Cleanup.run("close ingest " + ref, writer::close);
    if (!ended) {
      ended = true;
      Cleanup.run(
          "abort ingest " + ref,
          () ->
              store.content(
                  content -> {
                    content.abort(ref);
                    return true;
                  }));
    }
  }
}
