// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.runtime.runc;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.function.BooleanSupplier;

/** Asks whether anybody listens on a socket. */
record SocketProbe(Path socket) implements BooleanSupplier {
  @Override
  public boolean getAsBoolean() {
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      return channel.connect(UnixDomainSocketAddress.of(socket));
    } catch (IOException e) {
      return false;
    }
  }
}
