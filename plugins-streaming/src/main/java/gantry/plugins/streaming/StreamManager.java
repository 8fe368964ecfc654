// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.streaming;

import gantry.errors.InvalidArgumentException;
import gantry.metadata.Caller;
import gantry.metadata.Metadata;
import gantry.names.Namespace;
import gantry.plugins.Handle;
import gantry.plugins.Plugin;
import gantry.plugins.PluginMemory;
import gantry.streaming.MessageStream;
import gantry.streaming.Streams;
import java.time.Duration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/**
 * Knows the open streams. They belong to who opened them: stopping this plugin ends none, and its
 * next version knows them too.
 */
@Component(name = StreamManager.PLUGIN, immediate = true)
@Plugin(value = StreamManager.PLUGIN, plugin_requires = "io.containerd.metadata.v1")
public final class StreamManager implements Streams, AutoCloseable {
  static final String PLUGIN = "io.containerd.streaming.v1.manager";

  private static final Duration PULSE = Duration.ofSeconds(10);

  /** The keys of the plugin's table. */
  @interface Config {
    /** How many streams may be open at once, at least 1. */
    int maxStreams() default 10_000;
  }

  private final OpenStreams streams;
  private final LeaseWatch leases;

  /** Knows what the version before knew. */
  @Activate
  public StreamManager(
      @Reference(target = "(contract=gantry.metadata.Metadata)") Handle<Metadata> metadata,
      @Reference PluginMemory memory,
      Config config) {
    this(metadata, memory, config.maxStreams(), PULSE);
  }

  StreamManager(Handle<Metadata> metadata, PluginMemory memory, int maxStreams, Duration pulse) {
    if (maxStreams < 1) {
      throw new InvalidArgumentException("max_streams = %d: want at least 1".formatted(maxStreams));
    }
    this.streams = new OpenStreams(maxStreams, memory);
    this.leases = new LeaseWatch(streams, metadata, pulse);
    leases.start();
  }

  @Override
  public void register(Caller caller, String id, MessageStream stream) {
    if (id.isEmpty()) {
      throw new InvalidArgumentException("register stream: the id is empty");
    }
    streams.add(caller, id, stream);
  }

  @Override
  public MessageStream get(Namespace namespace, String id) {
    return streams.get(namespace, id);
  }

  /** Stops to look after leases. */
  @Override
  @Deactivate
  public void close() {
    leases.close();
  }
}
