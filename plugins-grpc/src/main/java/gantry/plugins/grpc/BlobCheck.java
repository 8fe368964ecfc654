// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.grpc;

import gantry.content.ContentReader;
import gantry.errors.NotFoundException;
import gantry.metadata.Caller;
import gantry.metadata.Metadata;
import gantry.oci.Digest;
import gantry.plugins.Handle;
import io.gantry.admin.v1.VerifyContentResponse;
import io.gantry.admin.v1.VerifyContentResponse.State;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;

/** Hashes blobs of one namespace again. For one thread. */
final class BlobCheck {
  private static final int CHUNK = 1 << 20;

  private final Handle<Metadata> metadata;
  private final Caller caller;
  private final ByteBuffer chunk = ByteBuffer.allocate(CHUNK);

  BlobCheck(Handle<Metadata> metadata, Caller caller) {
    this.metadata = metadata;
    this.caller = caller;
  }

  VerifyContentResponse of(Digest digest) {
    VerifyContentResponse.Builder result =
        VerifyContentResponse.newBuilder().setDigest(digest.toString());
    // A reader outlives the version that opened it.
    try (ContentReader reader =
        metadata.<ContentReader, IOException>call(m -> m.in(caller).content().reader(digest))) {
      Digest found = hash(reader, digest.algorithm());
      return result
          .setState(found.equals(digest) ? State.GOOD : State.CORRUPT)
          .setFound(found.toString())
          .setBytes(reader.size())
          .build();
    } catch (NotFoundException e) {
      return result.setState(State.MISSING).build();
    } catch (IOException e) {
      return result.setState(State.CORRUPT).setProblem(String.valueOf(e.getMessage())).build();
    }
  }

  private Digest hash(ContentReader reader, String algorithm) throws IOException {
    MessageDigest hash = Digest.hasher(algorithm);
    long offset = 0;
    while (true) {
      int count = reader.read(chunk.clear(), offset);
      if (count < 0) {
        return Digest.of(algorithm, hash.digest());
      }
      hash.update(chunk.flip());
      offset += count;
    }
  }
}
