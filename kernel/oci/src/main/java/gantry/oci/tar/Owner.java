// SPDX-License-Identifier: Apache-2.0
package gantry.oci.tar;

import gantry.oci.compression.MalformedStreamException;

/** Owner and group as the kernel takes them: 32 bits, of which the highest value means "none". */
record Owner(int uid, int gid) {
  private static final long LAST = 0xfffffffeL;

  static Owner of(TarEntry entry) throws MalformedStreamException {
    if (entry.uid() < 0 || entry.uid() > LAST || entry.gid() < 0 || entry.gid() > LAST) {
      throw new MalformedStreamException(
          "apply layer: owner %d:%d of %s is out of range"
              .formatted(entry.uid(), entry.gid(), entry.name()));
    }
    return new Owner((int) entry.uid(), (int) entry.gid());
  }
}
