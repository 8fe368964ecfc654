// SPDX-License-Identifier: Apache-2.0
package gantry.linux;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Mount options sorted into what {@code mount(2)} takes apart: flags, propagation and data.
 *
 * @param flags without those of propagation
 * @param propagation flags for a call of their own, 0 for none
 * @param data what only the filesystem understands
 * @param ids how owners are to be shown, or null for as they are
 */
record MountOptions(int flags, int propagation, List<String> data, @Nullable IdMappings ids) {
  private static final String UIDS = "uidmap=";
  private static final String GIDS = "gidmap=";

  static final int RDONLY = 1;
  static final int REMOUNT = 32;
  static final int BIND = 4096;
  static final int REC = 16384;

  private static final int UNBINDABLE = 1 << 17;
  private static final int PRIVATE = 1 << 18;
  private static final int SLAVE = 1 << 19;
  private static final int SHARED = 1 << 20;

  private static final Map<String, Integer> SET =
      Map.ofEntries(
          Map.entry("ro", RDONLY),
          Map.entry("nosuid", 2),
          Map.entry("nodev", 4),
          Map.entry("noexec", 8),
          Map.entry("sync", 16),
          Map.entry("remount", REMOUNT),
          Map.entry("mand", 64),
          Map.entry("dirsync", 128),
          Map.entry("nosymfollow", 256),
          Map.entry("noatime", 1024),
          Map.entry("nodiratime", 2048),
          Map.entry("bind", BIND),
          Map.entry("rbind", BIND | REC),
          Map.entry("relatime", 1 << 21),
          Map.entry("strictatime", 1 << 24));

  private static final Map<String, Integer> CLEAR =
      Map.ofEntries(
          Map.entry("rw", RDONLY),
          Map.entry("suid", 2),
          Map.entry("dev", 4),
          Map.entry("exec", 8),
          Map.entry("async", 16),
          Map.entry("nomand", 64),
          Map.entry("atime", 1024),
          Map.entry("diratime", 2048),
          Map.entry("norelatime", 1 << 21),
          Map.entry("nostrictatime", 1 << 24),
          Map.entry("defaults", 0));

  private static final Map<String, Integer> PROPAGATION =
      Map.of(
          "shared",
          SHARED,
          "rshared",
          SHARED | REC,
          "private",
          PRIVATE,
          "rprivate",
          PRIVATE | REC,
          "slave",
          SLAVE,
          "rslave",
          SLAVE | REC,
          "unbindable",
          UNBINDABLE,
          "runbindable",
          UNBINDABLE | REC);

  static MountOptions parse(List<String> words) throws IOException {
    int flags = 0;
    int propagation = 0;
    List<String> data = new ArrayList<>();
    String uids = "";
    String gids = "";
    for (String word : words) {
      if (word.startsWith(UIDS)) {
        uids = word.substring(UIDS.length());
      } else if (word.startsWith(GIDS)) {
        gids = word.substring(GIDS.length());
      } else if (SET.containsKey(word)) {
        flags |= SET.get(word);
      } else if (CLEAR.containsKey(word)) {
        flags &= ~CLEAR.get(word);
      } else if (PROPAGATION.containsKey(word)) {
        propagation |= PROPAGATION.get(word);
      } else {
        data.add(fit(word));
      }
    }
    boolean mapped = !uids.isEmpty() || !gids.isEmpty();
    return new MountOptions(
        flags, propagation, List.copyOf(data), mapped ? IdMappings.parse(uids, gids) : null);
  }

  /** Words that would reach the filesystem and fail there with a reason nobody understands. */
  private static String fit(String word) throws IOException {
    if (word.startsWith("X-containerd.")) {
      throw new IOException("parse mount option " + word + ": it is for a mount manager");
    }
    if (word.equals("loop")) {
      throw new IOException("parse mount option " + word + ": not supported");
    }
    return word;
  }

  /** These options with other data and owners as they are. */
  MountOptions withData(List<String> other) {
    return new MountOptions(flags, propagation, List.copyOf(other), null);
  }

  boolean has(int flag) {
    return (flags & flag) == flag;
  }
}
