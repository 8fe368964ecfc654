// SPDX-License-Identifier: Apache-2.0
package gantry.registry;

import java.io.IOException;
import java.io.InputStream;

/**
 * The body of a blob while it arrives. Reading fails with an {@link IOException} when the
 * connection breaks, when fewer bytes come than were announced, or when they come too slowly; what
 * was read is good, so a new fetch may go on behind it.
 */
public interface RemoteBlob extends AutoCloseable {
  /** The bytes from the asked offset on. */
  InputStream body();

  /** Bytes of the whole blob, or -1 if the host did not say. */
  long total();

  /** The host that serves it, for messages. */
  String host();

  /** Lets the connection go; cheap if the body was read to its end. */
  @Override
  void close() throws IOException;
}
