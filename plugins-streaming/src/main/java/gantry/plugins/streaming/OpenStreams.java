// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.streaming;

import gantry.errors.AlreadyExistsException;
import gantry.errors.NotFoundException;
import gantry.errors.ResourceExhaustedException;
import gantry.metadata.Caller;
import gantry.names.Namespace;
import gantry.streaming.MessageStream;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The table. A stream leaves it when it ends. Safe for concurrent use. */
final class OpenStreams {
  private final int max;
  private final Map<Key, Entry> streams = new HashMap<>();

  private record Key(Namespace namespace, String id) {}

  private record Entry(Caller caller, MessageStream stream) {}

  /**
   * An empty table.
   *
   * @param max how many streams may be open at once
   */
  OpenStreams(int max) {
    this.max = max;
  }

  void add(Caller caller, String id, MessageStream stream) {
    Key key = new Key(caller.namespace(), id);
    Entry entry = new Entry(caller, stream);
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
      Entry entry = streams.get(new Key(namespace, id));
      if (entry == null) {
        throw new NotFoundException("stream \"%s\": not found".formatted(id));
      }
      return entry.stream();
    }
  }

  /** Who has streams that go with a lease. */
  Set<Caller> leased() {
    Set<Caller> callers = new HashSet<>();
    synchronized (streams) {
      for (Entry entry : streams.values()) {
        if (entry.caller().leaseId() != null) {
          callers.add(entry.caller());
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
              .filter(entry -> entry.caller().equals(caller))
              .map(Entry::stream)
              .toList();
    }
    ending.forEach(MessageStream::close);
  }
}
