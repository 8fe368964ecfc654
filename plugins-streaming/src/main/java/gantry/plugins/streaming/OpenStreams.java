// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.streaming;

import gantry.errors.AlreadyExistsException;
import gantry.errors.NotFoundException;
import gantry.errors.ResourceExhaustedException;
import gantry.metadata.Caller;
import gantry.names.Namespace;
import gantry.plugins.PluginMemory;
import gantry.streaming.MessageStream;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The table. A stream leaves it when it ends. Safe for concurrent use. */
final class OpenStreams {
  private final int max;

  /** By namespace and id; all versions of this plugin that are active have the same. */
  private final Map<List<String>, Map.Entry<Caller, MessageStream>> streams;

  /**
   * The table.
   *
   * @param max how many streams may be open at once
   */
  OpenStreams(int max, PluginMemory memory) {
    this.max = max;
    this.streams =
        memory.<Map<List<String>, Map.Entry<Caller, MessageStream>>>keep(
            StreamManager.PLUGIN, "streams by namespace and id", HashMap::new);
  }

  void add(Caller caller, String id, MessageStream stream) {
    List<String> key = List.of(caller.namespace().name(), id);
    Map.Entry<Caller, MessageStream> entry = Map.entry(caller, stream);
    synchronized (streams) {
      if (streams.containsKey(key)) {
        throw new AlreadyExistsException("register stream \"%s\"".formatted(id));
      }
      if (streams.size() >= max) {
        throw new ResourceExhaustedException(
            "register stream \"%s\": %d are open; close some or raise max_streams"
                .formatted(id, max));
      }
      streams.put(key, entry);
    }
    stream.onClose(
        () -> {
          synchronized (streams) {
            streams.remove(key, entry);
          }
        });
  }

  MessageStream get(Namespace namespace, String id) {
    synchronized (streams) {
      Map.Entry<Caller, MessageStream> entry = streams.get(List.of(namespace.name(), id));
      if (entry == null) {
        throw new NotFoundException("stream \"%s\": not found".formatted(id));
      }
      return entry.getValue();
    }
  }

  /** Who has streams that go with a lease. */
  Set<Caller> leased() {
    Set<Caller> callers = new HashSet<>();
    synchronized (streams) {
      for (Map.Entry<Caller, MessageStream> entry : streams.values()) {
        if (entry.getKey().leaseId() != null) {
          callers.add(entry.getKey());
        }
      }
    }
    return callers;
  }

  /** Ends all streams of a caller. */
  void closeAll(Caller caller) {
    List<MessageStream> ending;
    synchronized (streams) {
      ending =
          streams.values().stream()
              .filter(entry -> entry.getKey().equals(caller))
              .map(Map.Entry::getValue)
              .toList();
    }
    ending.forEach(MessageStream::close);
  }
}
