// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.grpc;

import gantry.errors.AlreadyExistsException;
import gantry.errors.NotFoundException;
import gantry.metadata.Caller;
import gantry.names.Namespace;
import gantry.streaming.MessageStream;
import gantry.streaming.Streams;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** The open streams, of all namespaces alike. */
final class Table implements Streams {
  final ConcurrentMap<String, MessageStream> streams = new ConcurrentHashMap<>();

  @Override
  public void register(Caller caller, String id, MessageStream stream) {
    if (streams.putIfAbsent(id, stream) != null) {
      throw new AlreadyExistsException("register stream " + id);
    }
    stream.onClose(() -> streams.remove(id, stream));
  }

  @Override
  public MessageStream get(Namespace namespace, String id) {
    MessageStream stream = streams.get(id);
    if (stream == null) {
      throw new NotFoundException("stream " + id);
    }
    return stream;
  }
}
