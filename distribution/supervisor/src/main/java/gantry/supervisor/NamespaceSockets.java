// SPDX-License-Identifier: Apache-2.0
package gantry.supervisor;

import gantry.errors.InvalidArgumentException;
import gantry.names.Identifier;
import gantry.ttrpc.TtrpcServer;
import gantry.ttrpc.TtrpcServices;
import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sockets for a daemon that does not say which namespace it means, because each of its shims serves
 * one: each namespace has a socket of its own. Whoever wants one puts a file here, named as the
 * namespace and holding the path of the socket; it is served soon after.
 */
final class NamespaceSockets implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(NamespaceSockets.class);

  private final Path directory;
  private final Function<String, TtrpcServices> services;
  private final WatchService watch;
  private final Map<String, TtrpcServer> servers = new HashMap<>();

  private NamespaceSockets(
      Path directory, Function<String, TtrpcServices> services, WatchService watch) {
    this.directory = directory;
    this.services = services;
    this.watch = watch;
  }

  /**
   * Serves those that are wanted by now, and later those that will be.
   *
   * @param services what is served in a namespace
   */
  static NamespaceSockets open(Path directory, Function<String, TtrpcServices> services)
      throws IOException {
    WatchService watch = directory.getFileSystem().newWatchService();
    NamespaceSockets sockets = new NamespaceSockets(directory, services, watch);
    try {
      directory.register(watch, StandardWatchEventKinds.ENTRY_CREATE);
      sockets.look();
    } catch (IOException | RuntimeException e) {
      sockets.close();
      throw e;
    }
    Thread.ofVirtual().name("namespaces").start(sockets::run);
    return sockets;
  }

  private void run() {
    try {
      while (true) {
        WatchKey key = watch.take();
        key.pollEvents();
        key.reset();
        look();
      }
    } catch (ClosedWatchServiceException e) {
      LOG.debug("no more namespaces");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      LOG.error("further namespaces are not served", e);
    }
  }

  private synchronized void look() throws IOException {
    try (DirectoryStream<Path> wanted = Files.newDirectoryStream(directory)) {
      for (Path file : wanted) {
        String namespace = String.valueOf(file.getFileName());
        if (!namespace.startsWith(".") && !servers.containsKey(namespace)) {
          serve(namespace, file);
        }
      }
    }
  }

  private void serve(String namespace, Path file) {
    try {
      Path socket = Path.of(Files.readString(file).strip());
      TtrpcServices served = services.apply(Identifier.require("namespace", namespace));
      servers.put(namespace, TtrpcServer.start(socket, served));
    } catch (IOException | InvalidArgumentException e) {
      LOG.error("namespace {} is not served", namespace, e);
    }
  }

  /** Whether anybody is connected, be it without calling. */
  synchronized boolean areConnected() {
    return servers.values().stream().anyMatch(TtrpcServer::isConnected);
  }

  /** Ends all connections. Which namespaces were wanted is forgotten. */
  @Override
  public void close() throws IOException {
    watch.close();
    synchronized (this) {
      for (Map.Entry<String, TtrpcServer> server : servers.entrySet()) {
        server.getValue().close();
        Files.deleteIfExists(directory.resolve(server.getKey()));
      }
    }
  }
}
