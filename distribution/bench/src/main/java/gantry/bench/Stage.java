// SPDX-License-Identifier: Apache-2.0
package gantry.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Starts what is measured, and takes all of it away again. */
final class Stage implements AutoCloseable {
  private final Settings settings;
  private final Product gantry;
  private final Product peer;
  private final List<AutoCloseable> open = new ArrayList<>();
  private @Nullable Pair shared;
  private int count;

  Stage(Settings settings) {
    this.settings = settings;
    this.gantry = Product.gantry(settings.install());
    this.peer = Product.containerd(settings.peer());
  }

  Settings settings() {
    return settings;
  }

  /** The client of containerd that drives both. */
  Path ctr() {
    return peer.beside("ctr");
  }

  /** Two daemons that have run already, with an image; for rows that leave nothing behind. */
  Pair shared() throws Exception {
    if (shared == null) {
      shared = fresh();
    }
    return shared;
  }

  /** Stops what {@link #shared} gave, so that a row is alone on the machine. */
  void quiet() {
    if (shared != null) {
      shared.close();
      shared = null;
    }
  }

  /** Two daemons of their own, with an image. */
  Pair fresh() throws Exception {
    Pair pair = new Pair(start(gantry), start(peer));
    for (Side side : pair.sides()) {
      side.load(image());
    }
    return pair;
  }

  /** A daemon with an empty store that is not started. */
  Daemon daemon(boolean isPeer) {
    Product product = isPeer ? peer : gantry;
    Path home = directory(product.name());
    String name =
        "%s-%d-%s"
            .formatted(
                settings.work().getFileName(), ProcessHandle.current().pid(), home.getFileName());
    Daemon daemon = new Daemon(product, home, settings.stateBase().resolve(name), Group.make(name));
    keep(daemon);
    return daemon;
  }

  private Side start(Product product) throws IOException {
    Daemon daemon = daemon(product.isPeer());
    daemon.start();
    daemon.awaitAnswer();
    Side side = new Side(product, daemon, ctr());
    keep(side);
    return side;
  }

  /** Will be closed with the stage, at the latest. */
  synchronized void keep(AutoCloseable thing) {
    open.add(thing);
  }

  /** An archive of the image that ships with Gantry. */
  Path image() {
    return settings.install().resolve("share/gantry/busybox.tar");
  }

  /** A new directory's path. */
  Path directory(String name) {
    count++;
    return settings.work().resolve(name + count);
  }

  /** Ends all that was started and removes all data. */
  @Override
  public synchronized void close() {
    for (AutoCloseable thing : open.reversed()) {
      try {
        thing.close();
      } catch (Exception e) {
        System.err.println("bench: " + e);
      }
    }
    open.clear();
    try {
      Directories.delete(settings.work());
    } catch (IOException e) {
      System.err.println("bench: remove " + settings.work() + ": " + e);
    }
  }
}
