// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.transfer;

import gantry.diff.DiffOptions;
import gantry.diff.Differ;
import gantry.metadata.Caller;
import gantry.mounts.Mount;
import gantry.oci.Descriptor;
import gantry.oci.Digest;
import gantry.typed.TypedValue;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Unpacks nothing: a layer's diff id is the digest of its bytes. */
final class FakeDiffer implements Differ {
  final List<String> mountTypes = Collections.synchronizedList(new ArrayList<>());

  /** Digests of layers that do not unpack without what is below them. */
  final Set<Digest> dependent = ConcurrentHashMap.newKeySet();

  @Override
  public Descriptor apply(
      Caller caller,
      Descriptor layer,
      List<Mount> mounts,
      Map<String, TypedValue> payloads,
      boolean sync) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Descriptor apply(
      Caller caller,
      Descriptor layer,
      InputStream bytes,
      List<Mount> mounts,
      Map<String, TypedValue> payloads,
      boolean sync)
      throws IOException {
    Mount mount = mounts.getFirst();
    mountTypes.add(mount.type());
    boolean hasLower =
        mount.options().stream()
            .anyMatch(o -> o.startsWith("lowerdir=") && !o.equals("lowerdir=/dev/null"));
    if (dependent.contains(layer.digest()) && !hasLower) {
      throw new IOException("the directory is not in this layer");
    }
    byte[] all = bytes.readAllBytes();
    return Descriptor.of("tar", Digest.sha256(all), all.length);
  }

  @Override
  public Descriptor compare(
      Caller caller, List<Mount> lower, List<Mount> upper, DiffOptions options) {
    throw new UnsupportedOperationException();
  }
}
