// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.transfer.pull;

import gantry.oci.Descriptor;
import gantry.plugins.transfer.store.CallerStore;
import gantry.plugins.transfer.unpack.LayerFeed;
import gantry.plugins.transfer.unpack.StoredLayer;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.atomic.AtomicBoolean;

/** A layer that is fetched when it is needed, and can be read while it arrives. */
final class PulledLayer implements LayerFeed, AutoCloseable {
  private final CallerStore store;
  private final Arrival arrival;
  private final Runnable fetch;
  private final AtomicBoolean isStarted = new AtomicBoolean();

  /**
   * Takes the layer.
   *
   * @param fetch begins to fetch it and returns at once
   */
  PulledLayer(CallerStore store, Arrival arrival, Runnable fetch) {
    this.store = store;
    this.arrival = arrival;
    this.fetch = fetch;
  }

  @Override
  public Descriptor descriptor() {
    return arrival.descriptor();
  }

  @Override
  public void start() {
    if (isStarted.compareAndSet(false, true)) {
      fetch.run();
    }
  }

  @Override
  public void awaitBegun() throws IOException {
    arrival.awaitBegun();
  }

  @Override
  public InputStream open() throws IOException {
    return arrival.awaitBegun()
        ? new ArrivingInput(arrival)
        : new StoredLayer(store, descriptor()).open();
  }

  @Override
  public int restarts() {
    return arrival.generation();
  }

  @Override
  public void awaitStored() throws IOException {
    arrival.awaitStored();
  }

  @Override
  public void close() throws IOException {
    arrival.close();
  }
}
