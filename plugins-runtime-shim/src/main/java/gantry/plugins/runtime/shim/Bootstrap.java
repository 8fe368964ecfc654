// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.runtime.shim;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.InvalidProtocolBufferException;
import containerd.runtime.bootstrap.v1.BootstrapResult;
import gantry.errors.UnimplementedException;
import gantry.errors.UnknownException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * How to talk to a shim.
 *
 * @param version of the task API, 2 or 3
 * @param address {@code unix://} and a path, or the bare name of an abstract socket
 * @param protocol {@code ttrpc} or {@code grpc}
 */
record Bootstrap(int version, String address, String protocol) {
  static final int LATEST = 3;
  private static final int OLDEST = 2;
  private static final String TTRPC = "ttrpc";
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Refuses what nobody here can speak. */
  Bootstrap {
    if (version > LATEST) {
      throw new UnimplementedException(
          "failed to start shim: unsupported shim version (%d), want at most %d: not implemented"
              .formatted(version, LATEST));
    }
    if (address.isEmpty()) {
      throw new UnknownException("failed to start shim: it gives no address");
    }
  }

  /**
   * Reads what a shim prints when it is started, or the file where that is kept: a {@code
   * BootstrapResult}, an object in JSON, or the address alone, which means version 2.
   */
  static Bootstrap parse(byte[] printed) {
    try {
      BootstrapResult result = BootstrapResult.parseFrom(printed);
      if (!result.getAddress().isEmpty()) {
        return of(result.getVersion(), result.getAddress(), result.getProtocol());
      }
    } catch (InvalidProtocolBufferException e) {
      return parseText(new String(printed, StandardCharsets.UTF_8).strip());
    }
    return parseText(new String(printed, StandardCharsets.UTF_8).strip());
  }

  private static Bootstrap parseText(String text) {
    try {
      JsonNode object = JSON.readTree(text);
      if (object != null && object.path("version").asInt() >= OLDEST) {
        return of(
            object.path("version").asInt(),
            object.path("address").asText(),
            object.path("protocol").asText());
      }
    } catch (IOException e) {
      return of(OLDEST, text, TTRPC);
    }
    return of(OLDEST, text, TTRPC);
  }

  private static Bootstrap of(int version, String address, String protocol) {
    return new Bootstrap(
        Math.max(version, OLDEST),
        address,
        protocol.isEmpty() ? TTRPC : protocol.toLowerCase(Locale.ROOT));
  }

  /** The same shim, spoken to in an older way. */
  Bootstrap downgraded() {
    return new Bootstrap(OLDEST, address, protocol);
  }

  boolean isTtrpc() {
    return protocol.equals(TTRPC);
  }

  /** What is kept in a bundle, as containerd writes it. */
  byte[] json() {
    ObjectNode object = JSON.createObjectNode();
    object.put("version", version).put("address", address).put("protocol", protocol);
    return object.toString().getBytes(StandardCharsets.UTF_8);
  }
}
