// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.tasks;

import gantry.containers.Container;
import gantry.containers.Containers;
import gantry.content.ContentStore;
import gantry.errors.NotFoundException;
import gantry.filters.FieldPaths;
import gantry.filters.Filter;
import gantry.images.Images;
import gantry.labels.Labels;
import gantry.leases.Leases;
import gantry.metadata.Caller;
import gantry.metadata.GcStats;
import gantry.metadata.Metadata;
import gantry.metadata.Scope;
import gantry.namespaces.Namespaces;
import gantry.snapshots.Snapshotter;
import gantry.typed.TypedValue;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** Metadata that has container records and blobs, of any namespace, and nothing else. */
final class OnlyContainers implements Metadata, Scope, Containers {
  final MemoryContent content = new MemoryContent();
  final List<Caller> callers = new CopyOnWriteArrayList<>();
  private final Map<String, Container> records = new ConcurrentHashMap<>();

  /** Adds a record. */
  void add(String id, String runtime, String spec) {
    add(id, runtime, spec, "");
  }

  /** Adds the record of a container in a sandbox. */
  void add(String id, String runtime, String spec, String sandbox) {
    TypedValue value = new TypedValue(TypedValue.SPEC, spec.getBytes(StandardCharsets.UTF_8));
    TypedValue options = new TypedValue("containerd.runc.v1.Options", new byte[] {1});
    Instant now = Instant.EPOCH;
    records.put(
        id,
        new Container(
            id, Labels.none(), "", runtime, options, value, "", "", now, now, Map.of(), sandbox));
  }

  @Override
  public Container get(String id) {
    Container container = records.get(id);
    if (container == null) {
      throw new NotFoundException("container \"%s\": not found".formatted(id));
    }
    return container;
  }

  @Override
  public Scope in(Caller caller) {
    callers.add(caller);
    return this;
  }

  @Override
  public Containers containers() {
    return this;
  }

  @Override
  public void delete(String id) {
    records.remove(id);
  }

  @Override
  public void walk(Filter filter, Consumer<Container> sink) {
    records.values().forEach(sink);
  }

  @Override
  public Container create(Container container) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Container update(Container container, FieldPaths paths) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Namespaces namespaces() {
    throw new UnsupportedOperationException();
  }

  @Override
  public GcStats collect() {
    throw new UnsupportedOperationException();
  }

  @Override
  public Changes changes() {
    throw new UnsupportedOperationException();
  }

  @Override
  public ContentStore content() {
    return content;
  }

  @Override
  public Snapshotter snapshotter(String name) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Images images() {
    throw new UnsupportedOperationException();
  }

  @Override
  public Leases leases() {
    throw new UnsupportedOperationException();
  }
}
