// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.shell;

import gantry.plugins.ListeningSocket;
import gantry.plugins.ListeningSockets;
import gantry.plugins.Plugin;
import gantry.plugins.PluginDirectories;
import gantry.plugins.PluginFacts;
import gantry.plugins.Takeover;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.felix.service.command.CommandProcessor;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves the shell on {@code <state>/shell.sock}, to those who may also open the socket of gRPC: it
 * has the same owner unless its own table says otherwise.
 */
@Component(
    name = ShellServer.PLUGIN,
    configurationPid = {"io.containerd.server.v1.grpc", ShellServer.PLUGIN},
    service = {PluginFacts.class, Takeover.class},
    immediate = true)
@Plugin(ShellServer.PLUGIN)
public final class ShellServer implements PluginFacts, Takeover {
  static final String PLUGIN = "io.containerd.internal.v1.shell";

  private static final Logger LOG = LoggerFactory.getLogger(ShellServer.class);
  private static final int SESSIONS_MAX = 8;

  private final ListeningSocket socket;
  private final CommandProcessor processor;
  private final Completions completions;
  private final Semaphore free = new Semaphore(SESSIONS_MAX);
  private final Set<ShellSession> sessions = ConcurrentHashMap.newKeySet();
  private final AtomicReference<@Nullable ServerSocketChannel> accepting = new AtomicReference<>();

  /** Configuration of the socket. No defaults: what is not said is as for gRPC. */
  public @interface Config {
    /** Owner of the socket. */
    int uid();

    /** Group of the socket. */
    int gid();
  }

  /** Opens the socket in the daemon's state directory. */
  @Activate
  public ShellServer(
      Config config,
      @Reference CommandProcessor processor,
      @Reference Completions completions,
      @Reference PluginDirectories directories,
      @Reference ListeningSockets sockets)
      throws IOException {
    this(
        processor,
        completions,
        sockets.open(
            directories.state().resolve("shell.sock").toString(), config.uid(), config.gid()));
  }

  ShellServer(CommandProcessor processor, Completions completions, ListeningSocket socket) {
    this.processor = processor;
    this.completions = completions;
    this.socket = socket;
  }

  /** Tells clients where the shell is: {@code address}, the path of its socket. */
  @Override
  public Map<String, String> exports() {
    return Map.of("address", socket.path().toString());
  }

  @Override
  public void takeOver() {
    try {
      ServerSocketChannel channel = socket.channel();
      ServerSocketChannel before = accepting.getAndSet(channel);
      if (before != null) {
        before.close();
      }
      Thread.ofVirtual().name("shell-accept").start(() -> accept(channel));
    } catch (IOException e) {
      throw new UncheckedIOException("accept at " + socket.path(), e);
    }
  }

  /**
   * Sessions that wait for a line end, and their clients come back to who serves next; a line that
   * is being executed is answered first. It may be what replaces this plugin, so nobody waits.
   */
  @Override
  public void giveWay() {
    ServerSocketChannel channel = accepting.getAndSet(null);
    if (channel != null) {
      try {
        channel.close();
      } catch (IOException e) {
        LOG.warn("shell: stop accepting at {}", socket.path(), e);
      }
    }
    sessions.forEach(ShellSession::end);
  }

  /** Lets the socket go. */
  @Deactivate
  public void close() {
    giveWay();
    socket.close();
  }

  private void accept(ServerSocketChannel listening) {
    try {
      while (true) {
        begin(listening.accept());
      }
    } catch (AsynchronousCloseException e) {
      LOG.debug("shell stops accepting at {}", socket.path());
    } catch (ClosedChannelException e) {
      LOG.debug("shell does not accept at {} any more", socket.path());
    } catch (IOException e) {
      LOG.warn("shell: accept at {}", socket.path(), e);
    }
  }

  private void begin(SocketChannel channel) throws IOException {
    if (!free.tryAcquire()) {
      LOG.warn("shell: more than {} sessions; one is turned away", SESSIONS_MAX);
      channel.close();
      return;
    }
    ShellSession session = new ShellSession(channel, processor, completions);
    sessions.add(session);
    Thread.ofVirtual().name("shell-session").start(() -> serve(session));
    if (accepting.get() == null) {
      session.end();
    }
  }

  private void serve(ShellSession session) {
    try {
      session.run();
    } finally {
      sessions.remove(session);
      free.release();
    }
  }
}
