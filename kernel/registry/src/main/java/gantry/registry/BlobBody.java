// SPDX-License-Identifier: Apache-2.0
package gantry.registry;

import java.io.IOException;
import java.io.InputStream;

/** What is to be uploaded. */
public interface BlobBody {
  /** Bytes in all. */
  long size();

  /** Opens it from its beginning. */
  InputStream open() throws IOException;
}
