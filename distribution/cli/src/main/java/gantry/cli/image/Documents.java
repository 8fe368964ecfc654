// SPDX-License-Identifier: Apache-2.0
package gantry.cli.image;

import gantry.client.ContentClient;
import gantry.oci.Descriptor;
import gantry.oci.Digest;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Small blobs of a content store, of which some are remembered: many names point to the same
 * document. Safe for concurrent use.
 */
final class Documents {
  /** Larger ones are refused, bytes. */
  private static final int MAX = 8 << 20;

  /** Larger ones are not remembered, bytes. */
  private static final int KEPT_MAX = 1 << 16;

  private static final int KEPT_COUNT = 1024;

  private final ContentClient content;
  private final Map<Digest, byte[]> kept =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Digest, byte[]> eldest) {
          return size() > KEPT_COUNT;
        }
      };

  Documents(ContentClient content) {
    this.content = content;
  }

  /**
   * A whole document.
   *
   * @throws gantry.errors.NotFoundException if it is not there
   */
  byte[] read(Descriptor descriptor) throws IOException {
    synchronized (kept) {
      byte[] known = kept.get(descriptor.digest());
      if (known != null) {
        return known;
      }
    }
    byte[] bytes = content.bytes(descriptor.digest(), MAX);
    if (bytes.length <= KEPT_MAX) {
      synchronized (kept) {
        kept.put(descriptor.digest(), bytes);
      }
    }
    return bytes;
  }
}
