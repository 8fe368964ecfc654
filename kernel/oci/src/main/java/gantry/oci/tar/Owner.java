// SPDX-License-Identifier: Apache-2.0
package gantry.oci.tar;

import gantry.linux.IdMappings;
import gantry.oci.compression.MalformedStreamException;
import org.jspecify.annotations.Nullable;

/** Owner and group as the kernel takes them: 32 bits, of which the highest value means "none". */
record Owner(int uid, int gid) {
  private static final long LAST = 0xfffffffeL;

  static Owner of(TarEntry entry, @Nullable IdMappings ids) throws MalformedStreamException {
    if (isOutOfRange(entry.uid()) || isOutOfRange(entry.gid())) {
      throw new MalformedStreamException(
          "apply layer: owner %d:%d of %s is out of range"
              .formatted(entry.uid(), entry.gid(), entry.name()));
    }
    if (ids == null) {
      return new Owner((int) entry.uid(), (int) entry.gid());
    }
    long uid = ids.user(entry.uid());
    long gid = ids.group(entry.gid());
    if (uid < 0 || gid < 0) {
      throw new MalformedStreamException(
          "apply layer: owner %d:%d of %s has no id on the host; widen the mapping"
              .formatted(entry.uid(), entry.gid(), entry.name()));
    }
    return new Owner((int) uid, (int) gid);
  }

  private static boolean isOutOfRange(long id) {
    return id < 0 || id > LAST;
  }
}
