// SPDX-License-Identifier: Apache-2.0
package gantry.cli.image;

import gantry.client.GantryClient;
import gantry.client.SnapshotsClient;
import gantry.errors.AlreadyExistsException;
import gantry.errors.DataLossException;
import gantry.errors.GantryException;
import gantry.errors.NotFoundException;
import gantry.labels.Labels;
import gantry.labels.WellKnown;
import gantry.mounts.Mount;
import gantry.oci.ChainId;
import gantry.oci.Descriptor;
import gantry.oci.Digest;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * Turns layers into snapshots: each is applied on top of the ones below it and committed under the
 * chain id of the stack. What is there already is left alone. Use it under a lease.
 */
public final class Unpacker {
  /** Somebody else may unpack the same layer; then ours is tried again. */
  private static final int TRIES = 3;

  private final GantryClient client;
  private final SnapshotsClient snapshots;
  private final SecureRandom random = new SecureRandom();
  private final boolean sync;

  /** Into one snapshotter. */
  public Unpacker(GantryClient client, String snapshotter) {
    this(client, client.snapshots(snapshotter), false);
  }

  private Unpacker(GantryClient client, SnapshotsClient snapshots, boolean sync) {
    this.client = client;
    this.snapshots = snapshots;
    this.sync = sync;
  }

  /** One that has the filesystem flushed after each layer, if {@code wanted}. */
  public Unpacker syncing(boolean wanted) {
    return new Unpacker(client, snapshots, wanted);
  }

  /** Whether all layers are there. */
  public boolean isUnpacked(PlatformImage image) {
    return image.chain().isEmpty() || exists(image.chain());
  }

  /** Unpacks what is missing and makes the image's configuration keep the result. */
  public void unpack(PlatformImage image) {
    String parent = "";
    for (int i = 0; i < image.layers().size(); i++) {
      String chain = ChainId.of(image.diffIds().subList(0, i + 1)).toString();
      if (!exists(chain)) {
        layer(image.layers().get(i), image.diffIds().get(i), parent, chain);
      }
      parent = chain;
    }
    if (!parent.isEmpty()) {
      String keep = WellKnown.GC_REF_SNAPSHOT + snapshots.snapshotter();
      client.content().label(image.config().digest(), Map.of(keep, parent));
    }
  }

  private void layer(Descriptor layer, Digest diffId, String parent, String chain) {
    for (int attempt = 1; ; attempt++) {
      try {
        apply(layer, diffId, parent, chain);
        return;
      } catch (AlreadyExistsException other) {
        if (exists(chain)) {
          return;
        }
        if (attempt == TRIES) {
          throw other;
        }
      }
    }
  }

  private void apply(Descriptor layer, Digest diffId, String parent, String chain) {
    String key = "extract-%d-%s %s".formatted(System.nanoTime() % 1_000_000_000L, noise(), chain);
    Labels labels = Labels.of(Map.of(WellKnown.SNAPSHOT_REF, chain));
    List<Mount> mounts = snapshots.prepare(key, parent, labels);
    try {
      Descriptor applied = client.diff().apply(layer, mounts, sync);
      if (!applied.digest().equals(diffId)) {
        throw new DataLossException(
            "unpack %s: wrong diff id calculated on extraction %s, want %s"
                .formatted(layer.digest(), applied.digest(), diffId));
      }
      snapshots.commit(chain, key, Labels.none());
    } catch (GantryException failure) {
      try {
        snapshots.remove(key);
      } catch (GantryException left) {
        failure.addSuppressed(left);
      }
      throw failure;
    }
    client.content().label(layer.digest(), Map.of(WellKnown.UNCOMPRESSED, diffId.toString()));
  }

  private boolean exists(String chain) {
    try {
      snapshots.stat(chain);
      return true;
    } catch (NotFoundException missing) {
      return false;
    }
  }

  private String noise() {
    byte[] bytes = new byte[3];
    random.nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }
}
