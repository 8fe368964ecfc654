// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.transfer.push;

import gantry.oci.Descriptor;
import gantry.plugins.transfer.store.CallerStore;
import gantry.plugins.transfer.unpack.StoredLayer;
import gantry.registry.BlobBody;
import java.io.IOException;
import java.io.InputStream;

/** A blob of the store that is sent. */
record StoredBody(CallerStore store, Descriptor descriptor) implements BlobBody {
  @Override
  public long size() {
    return descriptor.size();
  }

  @Override
  public InputStream open() throws IOException {
    return new StoredLayer(store, descriptor).open();
  }
}
