// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.transfer.unpack;

import gantry.content.ContentInputStream;
import gantry.content.ContentReader;
import gantry.oci.Descriptor;
import gantry.plugins.transfer.store.CallerStore;
import java.io.IOException;
import java.io.InputStream;

/** A layer that is in the store already. */
public record StoredLayer(CallerStore store, Descriptor descriptor) implements LayerFeed {
  @Override
  public void start() {
    // it is there
  }

  @Override
  public void awaitBegun() {
    // it is there
  }

  @Override
  public InputStream open() throws IOException {
    ContentReader reader = store.content(content -> content.reader(descriptor.digest()));
    return new ContentInputStream(reader);
  }

  @Override
  public int restarts() {
    return 0;
  }

  @Override
  public void awaitStored() {
    // it is there
  }
}
