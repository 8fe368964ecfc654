// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.shell;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;

/** A listening socket of mode 0600. */
final class ShellSocket implements AutoCloseable {
  private final Path path;
  private final ServerSocketChannel channel;

  private ShellSocket(Path path, ServerSocketChannel channel) {
    this.path = path;
    this.channel = channel;
  }

  /**
   * Listens at {@code path}; a socket that was left there is replaced. Binding makes a file that
   * others may connect to until its mode is set, so it happens in a private directory and the file
   * is moved into place afterwards.
   *
   * @param directory private to the plugin, on the same filesystem
   */
  static ShellSocket open(Path path, Path directory) throws IOException {
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
    Path fresh = directory.resolve("s");
    Files.deleteIfExists(fresh);
    ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      channel.bind(UnixDomainSocketAddress.of(fresh));
      Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString("rw-------"));
      Files.move(fresh, path, StandardCopyOption.ATOMIC_MOVE);
      return new ShellSocket(path, channel);
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  SocketChannel accept() throws IOException {
    return channel.accept();
  }

  /** Stops listening. A file that a newer version of this plugin has put there stays. */
  @Override
  public void close() throws IOException {
    channel.close();
  }

  Path path() {
    return path;
  }
}
