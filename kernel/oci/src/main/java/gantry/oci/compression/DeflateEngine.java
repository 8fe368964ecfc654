// SPDX-License-Identifier: Apache-2.0
package gantry.oci.compression;

import gantry.linux.NativeInflater;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/** Unpacks raw deflate streams (RFC 1951), one after another. To be used by one thread. */
interface DeflateEngine extends AutoCloseable {
  /** Begins a new stream. Input not yet used is forgotten. */
  void reset();

  /** Takes input, at most 256 KiB; what was left of the one before is forgotten. */
  void input(byte[] bytes, int offset, int length);

  /** Unpacks as much as can be; 0 if there is no more input or the stream has ended. */
  int inflate(byte[] bytes, int offset, int length) throws DataFormatException;

  /** Whether the end of the stream is reached. */
  boolean isFinished();

  /** Bytes of the last input behind the end of the stream. */
  int remaining();

  /** Frees native memory. */
  @Override
  void close();

  /** The fastest the host has. */
  static DeflateEngine fastest() {
    return NativeInflater.open().<DeflateEngine>map(OfLibrary::new).orElseGet(OfJdk::new);
  }

  /** That of the JDK, zlib. */
  final class OfJdk implements DeflateEngine {
    private final Inflater inflater = new Inflater(true);

    @Override
    public void reset() {
      inflater.reset();
    }

    @Override
    public void input(byte[] bytes, int offset, int length) {
      inflater.setInput(bytes, offset, length);
    }

    @Override
    public int inflate(byte[] bytes, int offset, int length) throws DataFormatException {
      int n = inflater.inflate(bytes, offset, length);
      if (n == 0 && inflater.needsDictionary()) {
        throw new DataFormatException("preset dictionary");
      }
      return n;
    }

    @Override
    public boolean isFinished() {
      return inflater.finished();
    }

    @Override
    public int remaining() {
      return inflater.getRemaining();
    }

    @Override
    public void close() {
      inflater.end();
    }
  }

  /** That of a library of the host. */
  record OfLibrary(NativeInflater inflater) implements DeflateEngine {
    @Override
    public void reset() {
      inflater.reset();
    }

    @Override
    public void input(byte[] bytes, int offset, int length) {
      inflater.input(bytes, offset, length);
    }

    @Override
    public int inflate(byte[] bytes, int offset, int length) throws DataFormatException {
      return inflater.inflate(bytes, offset, length);
    }

    @Override
    public boolean isFinished() {
      return inflater.isFinished();
    }

    @Override
    public int remaining() {
      return inflater.remaining();
    }

    @Override
    public void close() {
      inflater.close();
    }
  }
}
