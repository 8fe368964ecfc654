// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.content;

import gantry.content.ContentReader;
import gantry.content.ContentWriter;
import gantry.content.IngestRequest;
import gantry.content.IngestStatus;
import gantry.errors.AbortedException;
import gantry.errors.AlreadyExistsException;
import gantry.errors.FailedPreconditionException;
import gantry.errors.UnimplementedException;
import gantry.labels.Labels;
import gantry.linux.DirectoryLock;
import gantry.oci.Digest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** An open ingest: it holds the ref's lock, the data file and the hash so far. */
final class IngestWriter implements ContentWriter {
  private static final String CANONICAL = "sha256";

  private final IngestRequest request;
  private final Path ingest;
  private final DirectoryLock lock;
  private final IngestFiles files;
  private final BlobDirectory blobs;
  private final FileChannel data;
  private final long total;
  private final Instant startedAt;
  private Instant updatedAt;
  private RunningDigest hash;
  private boolean closed;

  /** Bytes that readers may see; the only thing here that other threads look at. */
  private volatile long visible;

  private IngestWriter(
      IngestRequest request,
      Path ingest,
      DirectoryLock lock,
      BlobDirectory blobs,
      IngestStatus before,
      FileChannel data) {
    this.request = request;
    this.ingest = ingest;
    this.lock = lock;
    this.files = new IngestFiles(lock.path());
    this.blobs = blobs;
    this.data = data;
    this.total = before.total() > 0 ? before.total() : request.total();
    this.startedAt = before.startedAt();
    this.updatedAt = before.updatedAt();
    Digest expected = request.expected();
    this.hash = new RunningDigest(expected == null ? CANONICAL : expected.algorithm());
  }

  /** Goes on behind the bytes that are there. The writer owns the lock from then on. */
  static IngestWriter open(
      IngestRequest request, Path ingest, DirectoryLock lock, BlobDirectory blobs)
      throws IOException {
    IngestFiles files = new IngestFiles(lock.path());
    FileChannel data =
        FileChannel.open(files.data(), StandardOpenOption.READ, StandardOpenOption.WRITE);
    try {
      IngestWriter writer = new IngestWriter(request, ingest, lock, blobs, files.status(), data);
      writer.hash.addAll(data);
      writer.visible = writer.hash.size();
      return writer;
    } catch (IOException | RuntimeException e) {
      data.close();
      throw e;
    }
  }

  @Override
  public IngestStatus status() {
    return new IngestStatus(
        request.ref(), hash.size(), total, request.expected(), startedAt, updatedAt);
  }

  @Override
  public Digest digest() {
    return hash.digest();
  }

  @Override
  public ContentReader written() throws IOException {
    requireOpen("read");
    return new GrowingReader(files.data(), () -> visible);
  }

  @Override
  public void write(ByteBuffer bytes) throws IOException {
    requireOpen("write");
    hash.write(bytes, data);
    visible = hash.size();
    updatedAt = Instant.now();
  }

  @Override
  public void truncate(long size) throws IOException {
    requireOpen("truncate");
    if (size != 0) {
      throw new UnimplementedException(
          "truncate ref %s to %d bytes: only 0 is supported".formatted(request.ref(), size));
    }
    visible = 0;
    data.truncate(0);
    hash = new RunningDigest(hash.algorithm());
    updatedAt = Instant.now();
  }

  @Override
  public Digest commit(long size, @Nullable Digest expected, Labels labels) throws IOException {
    requireOpen("commit");
    try {
      requireSize(size);
      Digest digest = finished(expected);
      publish(digest);
      return digest;
    } finally {
      release();
    }
  }

  private void requireSize(long size) {
    if (size > 0 && size != hash.size()) {
      throw new FailedPreconditionException(
          "unexpected commit size %d, expected %d".formatted(hash.size(), size));
    }
  }

  private Digest finished(@Nullable Digest expected) throws IOException {
    if (expected == null) {
      return hash.digest();
    }
    if (!expected.algorithm().equals(hash.algorithm())) {
      // Whoever opened it did not say which algorithm would be wanted.
      hash = new RunningDigest(expected.algorithm());
      data.position(0);
      hash.addAll(data);
    }
    Digest digest = hash.digest();
    if (!digest.equals(expected)) {
      throw new FailedPreconditionException(
          "unexpected commit digest %s, expected %s".formatted(digest, expected));
    }
    return digest;
  }

  private void publish(Digest digest) throws IOException {
    try {
      Files.setPosixFilePermissions(files.data(), PosixFilePermissions.fromString("r--r--r--"));
      Files.setLastModifiedTime(files.data(), FileTime.from(Instant.now()));
      data.force(true);
      blobs.add(files.data(), digest);
    } catch (NoSuchFileException e) {
      throw new AbortedException(
          "commit ref %s: the ingest was aborted, begin anew".formatted(request.ref()), e);
    } catch (AlreadyExistsException e) {
      remove();
      throw e;
    }
    remove();
  }

  private void remove() throws IOException {
    files.deleteAll();
    try {
      Files.deleteIfExists(ingest);
    } catch (DirectoryNotEmptyException e) {
      // It was aborted and begun anew: that one is not ours.
      return;
    }
  }

  @Override
  public void close() throws IOException {
    if (closed) {
      return;
    }
    try {
      // An interrupt during a call closes the channel; then there is nothing left to flush with.
      if (data.isOpen()) {
        data.force(true);
      }
    } finally {
      release();
    }
  }

  private void release() throws IOException {
    closed = true;
    try (lock) {
      data.close();
    }
  }

  private void requireOpen(String operation) {
    if (closed) {
      throw new FailedPreconditionException(
          "%s ref %s: the writer is closed, open it again".formatted(operation, request.ref()));
    }
  }
}
