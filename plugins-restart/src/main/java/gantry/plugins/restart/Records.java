// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.restart;

import gantry.containers.Container;
import gantry.errors.FailedPreconditionException;
import gantry.errors.NotFoundException;
import gantry.filters.FieldPaths;
import gantry.filters.Filter;
import gantry.filters.FilterParser;
import gantry.labels.WellKnown;
import gantry.metadata.Caller;
import gantry.metadata.Metadata;
import gantry.mounts.Mount;
import gantry.names.Namespace;
import gantry.namespaces.NamespaceInfo;
import gantry.plugins.Handle;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The records of containers, as far as they matter here. Safe for concurrent use. */
final class Records {
  private static final Filter WATCHED =
      FilterParser.parse(List.of("labels.\"%s\"".formatted(WellKnown.RESTART_STATUS)));

  private final Handle<Metadata> metadata;

  Records(Handle<Metadata> metadata) {
    this.metadata = metadata;
  }

  List<Namespace> namespaces() {
    return metadata.call(
        m ->
            m.namespaces().list(Filter.ALL).stream()
                .map(NamespaceInfo::name)
                .map(Namespace::new)
                .toList());
  }

  /** The containers of a namespace whose labels want something. */
  List<ContainerName> watched(Namespace namespace) {
    return metadata.call(
        m -> {
          List<ContainerName> names = new ArrayList<>();
          m.in(Caller.of(namespace))
              .containers()
              .walk(WATCHED, found -> names.add(new ContainerName(namespace, found.id())));
          return names;
        });
  }

  Optional<Container> find(ContainerName name) {
    try {
      return Optional.of(
          metadata.call(m -> m.in(Caller.of(name.namespace())).containers().get(name.id())));
    } catch (NotFoundException gone) {
      return Optional.empty();
    }
  }

  /**
   * Counts a restart; returns the record as it is then.
   *
   * @throws NotFoundException if it is gone
   */
  Container count(ContainerName name, Container record) {
    String count = Integer.toString(Policy.count(record.labels()) + 1);
    Container counted = labelled(record, count);
    return metadata.call(
        m ->
            m.in(Caller.of(name.namespace()))
                .containers()
                .update(counted, FieldPaths.of("labels." + WellKnown.RESTART_COUNT)));
  }

  private static Container labelled(Container record, String count) {
    return new Container(
        record.id(),
        record.labels().with(WellKnown.RESTART_COUNT, count),
        record.image(),
        record.runtime(),
        record.runtimeOptions(),
        record.spec(),
        record.snapshotter(),
        record.snapshotKey(),
        record.createdAt(),
        record.updatedAt(),
        record.extensions(),
        record.sandboxId());
  }

  /**
   * The mounts of a container's root filesystem; none if it has no snapshot.
   *
   * @throws FailedPreconditionException if its record names no snapshotter
   */
  List<Mount> rootfs(ContainerName name, Container record) throws IOException {
    if (record.snapshotKey().isEmpty()) {
      return List.of();
    }
    if (record.snapshotter().isEmpty()) {
      throw new FailedPreconditionException(
          "start %s: unable to resolve rootfs mounts without snapshotter on container"
              .formatted(name));
    }
    return metadata.call(
        m ->
            m.in(Caller.of(name.namespace()))
                .snapshotter(record.snapshotter())
                .mounts(record.snapshotKey()));
  }
}
