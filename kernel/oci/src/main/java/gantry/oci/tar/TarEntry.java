// SPDX-License-Identifier: Apache-2.0
package gantry.oci.tar;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One entry of an archive. Names are as {@link gantry.linux.files.FileNames} decodes them.
 *
 * @param permissions the lower twelve bits of the mode
 * @param size bytes of content, with holes
 * @param accessed or null if the archive does not say
 * @param linkName target of a link, otherwise empty
 * @param xattrs extended attributes; the arrays are shared, do not change them
 */
public record TarEntry(
    EntryType type,
    String name,
    int permissions,
    long uid,
    long gid,
    long size,
    Instant modified,
    @Nullable Instant accessed,
    String linkName,
    long nodeMajor,
    long nodeMinor,
    Map<String, byte[]> xattrs) {
  /** An entry without links, devices and attributes. */
  public static TarEntry of(
      EntryType type, String name, int permissions, long size, Instant modified) {
    return new TarEntry(type, name, permissions, 0, 0, size, modified, null, "", 0, 0, Map.of());
  }

  /** This entry as a hard link to {@code target}. */
  public TarEntry linkedTo(String otherName, String target) {
    return new TarEntry(
        EntryType.HARD_LINK,
        otherName,
        permissions,
        uid,
        gid,
        0,
        modified,
        accessed,
        target,
        nodeMajor,
        nodeMinor,
        xattrs);
  }
}
