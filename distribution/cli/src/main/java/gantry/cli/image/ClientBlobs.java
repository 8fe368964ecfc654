// SPDX-License-Identifier: Apache-2.0
package gantry.cli.image;

import gantry.client.ContentClient;
import gantry.content.BlobInfo;
import gantry.content.ContentWriter;
import gantry.content.IngestRequest;
import gantry.errors.AlreadyExistsException;
import gantry.errors.FailedPreconditionException;
import gantry.errors.InvalidArgumentException;
import gantry.errors.NotFoundException;
import gantry.labels.Labels;
import gantry.oci.Digest;
import gantry.oci.layout.BlobStore;
import gantry.oci.layout.BlobWriter;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The daemon's blobs, for one piece of work. Use it under a lease. */
final class ClientBlobs implements BlobStore {
  /** What one message of an upload carries, bytes. */
  private static final int CHUNK = 1 << 20;

  private final ContentClient content;
  private final String refPrefix = "convert-" + UUID.randomUUID() + "-";
  private int ingests;

  ClientBlobs(ContentClient content) {
    this.content = content;
  }

  @Override
  public BlobInfo info(Digest digest) {
    return content.info(digest);
  }

  @Override
  public InputStream open(Digest digest) {
    return content.read(digest, 0);
  }

  @Override
  public BlobWriter writer(long size, @Nullable Digest expected) {
    return new Upload(refPrefix + ingests++, size, expected);
  }

  @Override
  public void label(Digest digest, Map<String, String> labels) {
    content.label(digest, labels);
  }

  /** Opens the ingest with the first bytes, and gathers bytes to messages. */
  private final class Upload implements BlobWriter {
    private final String ref;
    private final long size;
    private final @Nullable Digest expected;
    private final OutputStream gathered;
    private @Nullable ContentWriter writer;
    private boolean isPresent;

    /** Another namespace has it: the bytes are there, the commit is not. */
    private boolean isShared;

    private boolean ended;

    Upload(String ref, long size, @Nullable Digest expected) {
      this.ref = ref;
      this.size = size;
      this.expected = expected;
      this.gathered = new BufferedOutputStream(new Sink(), CHUNK);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      gathered.write(bytes, offset, length);
    }

    @Override
    public Digest commit(Labels labels) throws IOException {
      gathered.flush();
      Digest digest = null;
      try {
        if (!isPresent) {
          ContentWriter open = opened();
          digest = expected == null ? open.digest() : expected;
          open.commit(size, digest, labels);
        }
      } catch (AlreadyExistsException present) {
        isPresent = true;
      } catch (FailedPreconditionException different) {
        throw new InvalidArgumentException(different.getMessage(), different);
      }
      ended = true;
      return labelled(digest == null ? expected : digest, labels);
    }

    @Override
    public void close() throws IOException {
      if (writer != null) {
        writer.close();
      }
      if (!ended && writer != null) {
        ended = true;
        try {
          content.abort(ref);
        } catch (NotFoundException gone) {
          // nothing was kept of it
        }
      }
    }

    private Digest labelled(@Nullable Digest digest, Labels labels) {
      if (digest == null) {
        throw new IllegalStateException("commit " + ref + ": nobody knows its digest");
      }
      if (isPresent) {
        content.label(digest, labels.map());
      }
      return digest;
    }

    private ContentWriter opened() throws IOException {
      ContentWriter open = writer;
      if (open == null) {
        open = content.writer(new IngestRequest(ref, size, expected));
        writer = open;
        isShared = size > 0 && open.status().offset() == size;
      }
      return open;
    }

    /** Where gathered bytes go; none, if the daemon has the blob. */
    private final class Sink extends OutputStream {
      @Override
      public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
      }

      @Override
      public void write(byte[] bytes, int offset, int length) throws IOException {
        if (isPresent) {
          return;
        }
        try {
          ContentWriter open = opened();
          if (!isShared) {
            open.write(ByteBuffer.wrap(bytes, offset, length));
          }
        } catch (AlreadyExistsException present) {
          isPresent = true;
        }
      }
    }
  }
}
