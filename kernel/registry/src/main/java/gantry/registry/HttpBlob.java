// SPDX-License-Identifier: Apache-2.0
package gantry.registry;

import java.io.IOException;
import java.io.InputStream;

/** A body from an answer, or of nothing. */
record HttpBlob(InputStream body, long total, String host) implements RemoteBlob {
  @Override
  public void close() throws IOException {
    body.close();
  }
}
