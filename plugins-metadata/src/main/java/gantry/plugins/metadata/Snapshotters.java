// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.metadata;

import gantry.errors.InvalidArgumentException;
import gantry.plugins.Handle;
import gantry.plugins.PluginMemory;
import gantry.plugins.PluginUri;
import gantry.snapshots.Snapshotter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The raw snapshotters there are at the moment, by the last part of their plugin's URI. */
final class Snapshotters {
  private final Map<String, RawSnapshotter> bound = new ConcurrentHashMap<>();
  private final PluginMemory memory;
  private volatile UnaryOperator<String> absent = name -> "";

  Snapshotters(PluginMemory memory) {
    this.memory = memory;
  }

  /** Sets who tells why a snapshotter is not there, for the end of a message. */
  void explainBy(UnaryOperator<String> absent) {
    this.absent = absent;
  }

  void bind(Handle<Snapshotter> handle) {
    String name = PluginUri.parse(handle.plugin()).id();
    Condemned condemned = Condemned.of(memory, "snapshots of " + name);
    bound.put(name, new RawSnapshotter(name, handle, condemned));
  }

  void unbind(Handle<Snapshotter> handle) {
    bound.values().removeIf(snapshotter -> snapshotter.handle().equals(handle));
  }

  Optional<RawSnapshotter> find(String name) {
    @Nullable RawSnapshotter found = bound.get(name);
    return Optional.ofNullable(found);
  }

  RawSnapshotter require(String name) {
    return find(name)
        .orElseThrow(
            () ->
                new InvalidArgumentException(
                    "snapshotter not loaded: %s%s".formatted(name, absent.apply(name))));
  }

  List<RawSnapshotter> all() {
    return List.copyOf(bound.values());
  }
}
