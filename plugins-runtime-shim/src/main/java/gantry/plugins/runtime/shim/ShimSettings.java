// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.runtime.shim;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * What every shim is told of its daemon.
 *
 * @param address of the gRPC socket; events go to the socket beside it whose name ends with {@code
 *     .ttrpc}
 * @param publisher program that publishes an event, for shims that cannot
 * @param sockets where shims make their sockets
 * @param variables added to the environment, each {@code NAME=value}
 * @param version of the daemon
 */
record ShimSettings(
    Path address, Path publisher, Path sockets, List<String> variables, String version) {
  private static final Pattern DAEMONS_OWN =
      Pattern.compile("NOTIFY_SOCKET|WATCHDOG_.*|LISTEN_.*|GANTRY_AOT_OUTPUT");

  String events() {
    return address + ".ttrpc";
  }

  /** The environment of a shim, without what is meant for the daemon alone. */
  Map<String, String> environment(String namespace) {
    Map<String, String> environment = new HashMap<>(System.getenv());
    environment.keySet().removeIf(DAEMONS_OWN.asMatchPredicate());
    environment.put("GOMAXPROCS", "2");
    environment.put("MAX_SHIM_VERSION", "2");
    environment.put("TTRPC_ADDRESS", events());
    environment.put("GRPC_ADDRESS", address.toString());
    environment.put("NAMESPACE", namespace);
    for (String variable : variables) {
      int equals = variable.indexOf('=');
      if (equals > 0) {
        environment.put(variable.substring(0, equals), variable.substring(equals + 1));
      }
    }
    return environment;
  }

  /** Where a shim of the usual make listens that serves one task alone. */
  Path usualSocket(String namespace, String id) {
    String name = Path.of(address.toString(), namespace, id).toString();
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(name.getBytes(StandardCharsets.UTF_8));
      return sockets.resolve(HexFormat.of().formatHex(hash));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
