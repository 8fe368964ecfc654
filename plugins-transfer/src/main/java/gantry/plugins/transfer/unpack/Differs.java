// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.transfer.unpack;

import gantry.diff.Differ;
import gantry.errors.UnimplementedException;
import gantry.metadata.Caller;
import gantry.mounts.Mount;
import gantry.oci.Descriptor;
import gantry.oci.Digest;
import gantry.plugins.Handle;
import java.io.IOException;
import java.io.InputStream;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;

/** The differs that are there. Safe for concurrent use. */
public final class Differs {
  private static final String FIRST = "walking";

  private final List<Handle<Differ>> differs = new CopyOnWriteArrayList<>();
  private volatile UnaryOperator<String> absent = id -> "";

  /** Opens the bytes of a layer anew. */
  @FunctionalInterface
  interface Source {
    InputStream open() throws IOException;
  }

  /** Sets who tells why a differ is not there, for the end of a message. */
  public void explainBy(UnaryOperator<String> absent) {
    this.absent = absent;
  }

  /** One more has come. */
  public void add(Handle<Differ> differ) {
    differs.add(differ);
  }

  /** One has gone. */
  public void remove(Handle<Differ> differ) {
    differs.remove(differ);
  }

  /**
   * Unpacks a layer with the first differ that takes it. Whoever commits the snapshot makes it
   * durable, so the differ need not.
   *
   * @param id of the differ; empty for any
   * @return digest of the uncompressed layer
   * @throws UnimplementedException if none takes it
   */
  Digest apply(String id, Caller caller, Descriptor layer, Source source, List<Mount> mounts)
      throws IOException {
    UnimplementedException refused = null;
    for (Handle<Differ> differ : inOrder(id)) {
      try (Handle.Lease<Differ> lease = differ.lease();
          InputStream bytes = source.open()) {
        return lease.get().apply(caller, layer, bytes, mounts, Map.of(), false).digest();
      } catch (UnimplementedException notMine) {
        refused = notMine;
      }
    }
    if (refused != null) {
      throw refused;
    }
    throw new UnimplementedException(
        "unpack layer %s: no differ %sis there%s"
            .formatted(layer.digest(), id.isEmpty() ? "" : id + " ", absent.apply(id)));
  }

  private List<Handle<Differ>> inOrder(String id) {
    return differs.stream()
        .filter(differ -> id.isEmpty() || name(differ).equals(id))
        .sorted(
            Comparator.<Handle<Differ>>comparingInt(differ -> name(differ).equals(FIRST) ? 0 : 1)
                .thenComparing(Handle::plugin))
        .toList();
  }

  private static String name(Handle<Differ> differ) {
    return differ.plugin().substring(differ.plugin().lastIndexOf('.') + 1);
  }
}
