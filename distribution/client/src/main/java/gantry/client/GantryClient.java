// SPDX-License-Identifier: Apache-2.0
package gantry.client;

import java.nio.file.Path;
import java.time.Duration;

/**
 * A connection to the daemon and the view of one namespace through it. Immutable and safe for
 * concurrent use; views made by {@link #in}, {@link #under} and {@link #within} share the
 * connection, and closing any of them closes it.
 *
 * <p>All calls block. An ordinary call ends within the timeout; calls whose work grows with the
 * data (unpacking, collecting garbage, streams of content) within ten minutes or the timeout if
 * that is longer; only waiting for a process or for events has no end. Failures are the kinds of
 * {@link gantry.errors.GantryException}; {@link gantry.errors.UnavailableException} says that the
 * daemon cannot be reached.
 */
public final class GantryClient implements AutoCloseable {
  private final UnixChannel connection;
  private final Wire wire;

  private GantryClient(UnixChannel connection, Wire wire) {
    this.connection = connection;
    this.wire = wire;
  }

  /**
   * Prepares a connection; it is made at the first call.
   *
   * @param socket the daemon's unix socket
   * @param namespace whose objects to see; empty for calls that need none
   * @param timeout of one ordinary call, positive
   */
  public static GantryClient connect(Path socket, String namespace, Duration timeout) {
    UnixChannel connection = UnixChannel.to(socket);
    return new GantryClient(
        connection, new Wire(connection.channel(), socket, namespace, "", timeout));
  }

  /** A view of another namespace. */
  public GantryClient in(String namespace) {
    return new GantryClient(
        connection,
        new Wire(wire.channel(), wire.address(), namespace, wire.lease(), wire.timeout()));
  }

  /** A view whose new objects are kept by a lease. */
  public GantryClient under(String lease) {
    return new GantryClient(
        connection,
        new Wire(wire.channel(), wire.address(), wire.namespace(), lease, wire.timeout()));
  }

  /** A view with another timeout of ordinary calls. */
  public GantryClient within(Duration timeout) {
    return new GantryClient(
        connection,
        new Wire(wire.channel(), wire.address(), wire.namespace(), wire.lease(), timeout));
  }

  /** The daemon's unix socket. */
  public Path address() {
    return wire.address();
  }

  /** The namespace seen; empty for none. */
  public String namespace() {
    return wire.namespace();
  }

  /** Versions, the plugin inventory and the daemon itself. */
  public IntrospectionClient introspection() {
    return new IntrospectionClient(wire);
  }

  /** Namespaces. */
  public NamespacesClient namespaces() {
    return new NamespacesClient(wire);
  }

  /** Names of images. */
  public ImagesClient images() {
    return new ImagesClient(wire);
  }

  /** Blobs and ingests. */
  public ContentClient content() {
    return new ContentClient(wire);
  }

  /** Images between registries, the store and archives. */
  public TransferClient transfers() {
    return new TransferClient(wire);
  }

  /** Snapshots of one snapshotter, for instance {@code overlayfs}. */
  public SnapshotsClient snapshots(String snapshotter) {
    return new SnapshotsClient(wire, snapshotter);
  }

  /** Layers from mounts and mounts from layers. */
  public DiffClient diff() {
    return new DiffClient(wire);
  }

  /** Container records. */
  public ContainersClient containers() {
    return new ContainersClient(wire);
  }

  /** Tasks and their processes. */
  public TasksClient tasks() {
    return new TasksClient(wire);
  }

  /** Leases. */
  public LeasesClient leases() {
    return new LeasesClient(wire);
  }

  /** Garbage, damage and disk use. */
  public AdminClient admin() {
    return new AdminClient(wire);
  }

  /** What was left behind. */
  public DoctorClient doctor() {
    return new DoctorClient(wire);
  }

  /** The process that holds the containers. */
  public SupervisorClient supervisor() {
    return new SupervisorClient(wire);
  }

  /** The daemon's plugins and their replacement. */
  public PluginsClient plugins() {
    return new PluginsClient(wire);
  }

  /** Events. */
  public EventsClient events() {
    return new EventsClient(wire);
  }

  @Override
  public void close() {
    connection.close();
  }
}
