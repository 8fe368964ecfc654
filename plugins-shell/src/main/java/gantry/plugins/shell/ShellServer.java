// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.shell;

import gantry.plugins.Plugin;
import gantry.plugins.PluginDirectories;
import gantry.plugins.PluginFacts;
import java.io.IOException;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import org.apache.felix.service.command.CommandProcessor;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Serves the shell on {@code <state>/shell.sock}, to whoever may open that file. */
@Component(name = ShellServer.PLUGIN, service = PluginFacts.class, immediate = true)
@Plugin(ShellServer.PLUGIN)
public final class ShellServer implements PluginFacts {
  static final String PLUGIN = "io.containerd.internal.v1.shell";

  private static final Logger LOG = LoggerFactory.getLogger(ShellServer.class);
  private static final int SESSIONS_MAX = 8;

  private final ShellSocket socket;
  private final CommandProcessor processor;
  private final Semaphore free = new Semaphore(SESSIONS_MAX);
  private final Set<ShellSession> sessions = ConcurrentHashMap.newKeySet();

  /** Listens in the daemon's state directory. */
  @Activate
  public ShellServer(
      @Reference CommandProcessor processor, @Reference PluginDirectories directories)
      throws IOException {
    this(processor, directories.state().resolve("shell.sock"), directories.state(PLUGIN));
  }

  ShellServer(CommandProcessor processor, Path path, Path directory) throws IOException {
    this.processor = processor;
    this.socket = ShellSocket.open(path, directory);
    Thread.ofVirtual().name("shell-accept").start(this::accept);
  }

  /** Tells clients where the shell is: {@code address}, the path of its socket. */
  @Override
  public Map<String, String> exports() {
    return Map.of("address", socket.path().toString());
  }

  /** Ends all sessions. */
  @Deactivate
  public void close() throws IOException {
    socket.close();
    sessions.forEach(ShellSession::close);
  }

  private void accept() {
    try {
      while (true) {
        SocketChannel channel = socket.accept();
        if (!free.tryAcquire()) {
          LOG.warn("shell: more than {} sessions; one is turned away", SESSIONS_MAX);
          channel.close();
          continue;
        }
        ShellSession session = new ShellSession(channel, processor);
        sessions.add(session);
        Thread.ofVirtual().name("shell-session").start(() -> serve(session));
      }
    } catch (AsynchronousCloseException e) {
      LOG.debug("shell stops listening at {}", socket.path());
    } catch (ClosedChannelException e) {
      LOG.debug("shell does not listen at {} any more", socket.path());
    } catch (IOException e) {
      LOG.warn("shell: accept at {}", socket.path(), e);
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
