// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.metadata;

import gantry.containers.Containers;
import gantry.content.ContentStore;
import gantry.doctor.Finding;
import gantry.doctor.Inspector;
import gantry.errors.FailedPreconditionException;
import gantry.errors.GantryException;
import gantry.errors.UnavailableException;
import gantry.events.EventBus;
import gantry.images.Images;
import gantry.leases.Leases;
import gantry.metadata.Caller;
import gantry.metadata.Garbage;
import gantry.metadata.GcStats;
import gantry.metadata.Metadata;
import gantry.metadata.Scope;
import gantry.metadata.StoreUsage;
import gantry.namespaces.Namespaces;
import gantry.plugins.Handle;
import gantry.plugins.HealthCheck;
import gantry.plugins.Plugin;
import gantry.plugins.PluginDirectories;
import gantry.plugins.PluginFacts;
import gantry.plugins.PluginInventory;
import gantry.plugins.PluginMemory;
import gantry.sandboxes.Sandboxes;
import gantry.snapshots.Snapshotter;
import gantry.store.Durability;
import gantry.store.Hold;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.spi.ToolProvider;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Metadata in one SQLite file. Its id is the one clients know containerd's by. */
@Component(
    name = SqliteMetadata.PLUGIN,
    service = {
      Metadata.class,
      PluginFacts.class,
      HealthCheck.class,
      ToolProvider.class,
      Inspector.class
    },
    property = "gantry.verb=" + SqliteMetadata.VERB,
    immediate = true)
@Plugin(
    value = SqliteMetadata.PLUGIN,
    plugin_requires = {
      "io.containerd.content.v1",
      "io.containerd.event.v1",
      "io.containerd.snapshotter.v1"
    })
public final class SqliteMetadata
    implements Metadata, PluginFacts, HealthCheck, ToolProvider, Inspector, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(SqliteMetadata.class);
  static final String PLUGIN = "io.containerd.metadata.v1.bolt";
  static final String VERB = "rebuild";
  private static final String SHARED = "shared";
  private static final String ISOLATED = "isolated";

  /** The keys of the plugin's table. */
  @interface Config {
    /**
     * Who may claim a blob that the raw store has: with {@code shared} whoever knows its digest,
     * with {@code isolated} who uploads it too.
     */
    String contentSharingPolicy() default SHARED;

    /** Whether writes return before they are on the disk: for tests, not for data. */
    boolean noSync() default false;

    /**
     * Moves the database aside and begins an empty one, to be filled from the disk: {@code sizes}
     * believes blobs that have the right size, {@code hashes} reads them all.
     */
    String rebuild() default "";
  }

  private final Path file;
  private final String policy;
  private final String rebuild;
  private final NameLog names;
  private volatile boolean isFilled;
  private final Database database;
  private final Intents intents;
  private final NamespaceTable namespaces;
  private final RawContent content;
  private final Snapshotters snapshotters;
  private final Collector collector;
  private final SecureRandom random = new SecureRandom();

  /** Opens the database in the plugin's directory. */
  @Activate
  public SqliteMetadata(
      @Reference PluginDirectories directories,
      @Reference PluginMemory memory,
      @Reference EventBus events,
      @Reference(target = "(contract=gantry.content.ContentStore)") Handle<ContentStore> content,
      Config config) {
    this(
        directories.root(PLUGIN).resolve("meta.db"),
        memory,
        events,
        content,
        config.contentSharingPolicy(),
        config.noSync() ? Durability.VISIBLE : Durability.DURABLE,
        Clock.systemUTC(),
        config.rebuild());
  }

  SqliteMetadata(
      Path file,
      PluginMemory memory,
      EventBus events,
      Handle<ContentStore> content,
      String policy,
      Durability outcomes,
      Clock clock,
      String rebuild) {
    if (!policy.equals(SHARED) && !policy.equals(ISOLATED)) {
      throw new FailedPreconditionException(
          "content_sharing_policy = \"%s\": want \"%s\" or \"%s\""
              .formatted(policy, SHARED, ISOLATED));
    }
    this.file = file;
    this.policy = policy;
    this.rebuild = rebuild;
    DatabaseFile.prepare(file, !rebuild.isEmpty());
    this.database = new Database(file, outcomes, clock, events);
    this.intents = new Intents(database);
    this.namespaces = new NamespaceTable(database);
    this.snapshotters = new Snapshotters(memory);
    this.content = new RawContent(content, Condemned.of(memory, "blobs"), policy.equals(SHARED));
    this.collector = new Collector(database, intents, this.content, snapshotters);
    Lock writing = memory.<Lock>keep(PLUGIN, "writing names", ReentrantLock::new);
    this.names = new NameLog(database, NameLog.beside(file), writing);
    if (rebuild.isEmpty()) {
      startNames();
    }
  }

  private void startNames() {
    isFilled = true;
    database.onChange(names::changed);
    names.start();
  }

  /** Whoever misses a snapshotter wants to know why it is not there. */
  @Reference
  void setInventory(PluginInventory inventory) {
    snapshotters.explainBy(name -> inventory.absent(Snapshotter.class.getName(), name));
  }

  /** A snapshotter comes. */
  @Reference(
      service = Handle.class,
      target = "(contract=gantry.snapshots.Snapshotter)",
      cardinality = ReferenceCardinality.MULTIPLE,
      policy = ReferencePolicy.DYNAMIC,
      unbind = "unbindSnapshotter")
  void bindSnapshotter(Handle<Snapshotter> handle) {
    snapshotters.bind(handle);
  }

  /** A snapshotter goes; its records stay. */
  void unbindSnapshotter(Handle<Snapshotter> handle) {
    snapshotters.unbind(handle);
  }

  @Override
  public Map<String, String> exports() {
    return Map.of("path", file.toString(), "policy", policy);
  }

  @Override
  public Namespaces namespaces() {
    return namespaces;
  }

  @Override
  public Scope in(Caller caller) {
    return new CallerScope(caller);
  }

  @Override
  public GcStats collect() {
    return collect(garbage -> {});
  }

  @Override
  public GcStats collect(Consumer<Garbage> removed) {
    requireRebuilt();
    return collector.collect(removed);
  }

  /** A database that is not yet filled calls everything garbage. */
  private void requireRebuilt() {
    if (!isFilled) {
      throw new UnavailableException(
          "collect garbage or look for it: the database is being rebuilt");
    }
  }

  @Override
  public List<Garbage> plan() throws IOException {
    return collector.plan();
  }

  @Override
  public Set<String> kinds() {
    return inspection().kinds();
  }

  @Override
  public List<Finding> inspect() throws IOException {
    requireRebuilt();
    try (Hold _ = database.hold()) {
      return inspection().inspect();
    }
  }

  @Override
  public void mend(Finding finding) throws IOException {
    requireRebuilt();
    try (Hold _ = database.hold()) {
      inspection().mend(finding);
    }
  }

  private Inspection inspection() {
    return new Inspection(database, content, snapshotters, collector.patience());
  }

  @Override
  public StoreUsage usage() throws IOException {
    return new UsageCount(database, content, snapshotters).count(plan());
  }

  @Override
  public Changes changes() {
    return database.changes();
  }

  @Override
  public String name() {
    return VERB;
  }

  /** Rebuilds, and prints what came back and what did not. */
  @Override
  public int run(PrintWriter out, PrintWriter err, String... arguments) {
    if (rebuild.isEmpty()) {
      err.println("rebuild: the daemon was not started for that: gantryd --rebuild");
      return 1;
    }
    try {
      RebuildReport report = rebuild();
      report.print(out);
      return report.exitCode();
    } catch (IOException | GantryException e) {
      log.error("rebuild", e);
      err.println("rebuild: " + e.getMessage());
      return 1;
    }
  }

  RebuildReport rebuild() throws IOException {
    NameBook book = NameBook.read(NameLog.beside(file));
    RebuildReport report =
        new Rebuild(database, content, snapshotters, book).run(rebuild.equals("hashes"));
    startNames();
    names.flush();
    return report;
  }

  /** For tests: how long collections wait for raw stores. */
  Patience patience() {
    return collector.patience();
  }

  /** For tests: what has changed so far is in the book of names when this returns. */
  void flushNames() throws IOException {
    names.flush();
  }

  /** For tests: whether this thread is inside a transaction. */
  boolean isInTransaction() {
    return database.isInTransaction();
  }

  @Override
  public Optional<String> problem() {
    boolean isCounted = database.read(tx -> tx.exists("SELECT 1 FROM counter"));
    return isCounted ? Optional.empty() : Optional.of(file + " is not what this plugin wrote");
  }

  /** Closes the database, when what has been begun is done and no writer is open. */
  @Override
  @Deactivate
  public void close() {
    names.close();
    database.close();
  }

  private final class CallerScope implements Scope {
    private final Caller caller;

    CallerScope(Caller caller) {
      this.caller = caller;
    }

    @Override
    public ContentStore content() {
      return new NamespacedContent(database, content, caller);
    }

    @Override
    public Snapshotter snapshotter(String name) {
      return new NamespacedSnapshotter(database, intents, snapshotters.require(name), caller);
    }

    @Override
    public Images images() {
      return new ImageTable(database, caller);
    }

    @Override
    public Containers containers() {
      return new ContainerTable(database, caller);
    }

    @Override
    public Sandboxes sandboxes() {
      return new SandboxTable(database, caller);
    }

    @Override
    public Leases leases() {
      return new LeaseTable(database, random, caller);
    }
  }
}
