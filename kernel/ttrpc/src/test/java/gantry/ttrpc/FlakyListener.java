// SPDX-License-Identifier: Apache-2.0
package gantry.ttrpc;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.SelectorProvider;
import java.nio.file.Path;
import java.util.Set;

/** A listener that fails at first, as one does when the process has no descriptor left. */
final class FlakyListener extends ServerSocketChannel {
  private final ServerSocketChannel real;
  private int failures;

  FlakyListener(Path path, int failures) throws IOException {
    super(SelectorProvider.provider());
    this.real = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    this.failures = failures;
    real.bind(UnixDomainSocketAddress.of(path));
  }

  @Override
  public SocketChannel accept() throws IOException {
    if (failures-- > 0) {
      throw new IOException("Too many open files");
    }
    return real.accept();
  }

  @Override
  public ServerSocketChannel bind(SocketAddress local, int backlog) throws IOException {
    return real.bind(local, backlog);
  }

  @Override
  public <T> ServerSocketChannel setOption(SocketOption<T> name, T value) throws IOException {
    return real.setOption(name, value);
  }

  @Override
  public <T> T getOption(SocketOption<T> name) throws IOException {
    return real.getOption(name);
  }

  @Override
  public Set<SocketOption<?>> supportedOptions() {
    return real.supportedOptions();
  }

  @Override
  public ServerSocket socket() {
    return real.socket();
  }

  @Override
  public SocketAddress getLocalAddress() throws IOException {
    return real.getLocalAddress();
  }

  @Override
  protected void implCloseSelectableChannel() throws IOException {
    real.close();
  }

  @Override
  protected void implConfigureBlocking(boolean block) throws IOException {
    real.configureBlocking(block);
  }
}
