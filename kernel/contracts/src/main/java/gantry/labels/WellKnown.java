// SPDX-License-Identifier: Apache-2.0
package gantry.labels;

/** Every label the system itself reads or writes; no other class spells one out. */
public final class WellKnown {
  /** Prefix of all labels that steer garbage collection. */
  public static final String GC_PREFIX = "containerd.io/gc.";

  /** Marks content or a snapshot as a root. */
  public static final String GC_ROOT = "containerd.io/gc.root";

  /** RFC 3339 time at which a lease or image stops being a root. */
  public static final String GC_EXPIRE = "containerd.io/gc.expire";

  /** On a lease: keep only the objects listed, do not follow their references. */
  public static final String GC_FLAT = "containerd.io/gc.flat";

  /** Prefix of references to content. */
  public static final String GC_REF_CONTENT = "containerd.io/gc.ref.content";

  /** Prefix of references to a snapshot; the snapshotter's name follows. */
  public static final String GC_REF_SNAPSHOT = "containerd.io/gc.ref.snapshot.";

  /** Prefix of references to an image. */
  public static final String GC_REF_IMAGE = "containerd.io/gc.ref.image";

  /** Prefix of back references: the labelled object lives while the one named lives. */
  public static final String GC_BACK_REF = "containerd.io/gc.bref.";

  /**
   * Prefix of conditional references to a snapshot; the snapshotter's name follows. The value is
   * {@code usedat<duration|key} or {@code usedat>duration|key}, conditions joined by commas of
   * which one must hold.
   */
  public static final String GC_CONDITION_SNAPSHOT = "containerd.io/gc.cond.snapshot";

  /** On a snapshot: the RFC 3339 time that {@code usedat} is compared with. */
  public static final String GC_CONDITION_USED_AT = "containerd.io/gc.cond.value-usedat";

  /** On a compressed layer: the digest of its uncompressed form. */
  public static final String UNCOMPRESSED = "containerd.io/uncompressed";

  /** Prefix of labels that are passed on to the backend of a snapshotter. */
  public static final String SNAPSHOT_PREFIX = "containerd.io/snapshot/";

  /** The name under which the result of a prepare will be committed. */
  public static final String SNAPSHOT_REF = "containerd.io/snapshot.ref";

  /** User id mapping {@code container:host:length[,...]} of a snapshot. */
  public static final String SNAPSHOT_UID_MAPPING = "containerd.io/snapshot/uidmapping";

  /** Group id mapping {@code container:host:length[,...]} of a snapshot. */
  public static final String SNAPSHOT_GID_MAPPING = "containerd.io/snapshot/gidmapping";

  /** Where overlayfs keeps the changes of an active snapshot. */
  public static final String OVERLAY_UPPERDIR = "containerd.io/snapshot/overlay.upperdir";

  /** On a namespace: its blobs may be shared with other namespaces though sharing is isolated. */
  public static final String NAMESPACE_SHAREABLE = "containerd.io/namespace.shareable";

  /** On a namespace: the snapshotter clients should take. */
  public static final String DEFAULT_SNAPSHOTTER = "containerd.io/defaults/snapshotter";

  /** On a namespace: the runtime clients should take. */
  public static final String DEFAULT_RUNTIME = "containerd.io/defaults/runtime";

  /** On a container: what shall become of its task, {@code running} or {@code stopped}. */
  public static final String RESTART_STATUS = "containerd.io/restart.status";

  /** On a container: {@code no}, {@code always}, {@code on-failure[:n]}, {@code unless-stopped}. */
  public static final String RESTART_POLICY = "containerd.io/restart.policy";

  /** On a container: how often it was started anew. */
  public static final String RESTART_COUNT = "containerd.io/restart.count";

  /** On a container: where its output goes after it was started anew. */
  public static final String RESTART_LOG_URI = "containerd.io/restart.loguri";

  /** On a container: true if a person stopped it. */
  public static final String RESTART_EXPLICITLY_STOPPED =
      "containerd.io/restart.explicitly-stopped";

  private WellKnown() {}
}
