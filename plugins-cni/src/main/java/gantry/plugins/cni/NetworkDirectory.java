// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.cni;

import com.fasterxml.jackson.databind.ObjectMapper;
import gantry.errors.FailedPreconditionException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The administrator's directory of networks. It is read anew each time, so a change of a file needs
 * no further step.
 *
 * @param max how many networks count, the first by the names of their files; 0 for all
 */
record NetworkDirectory(Path directory, int max) {
  private static final List<String> SUFFIXES = List.of(".conf", ".conflist", ".json");

  /**
   * Reads the networks in order.
   *
   * @throws FailedPreconditionException if there are none or one that counts is broken
   */
  List<NetworkConfig> read() {
    List<NetworkConfig> networks = new ArrayList<>();
    for (Path file : files()) {
      NetworkConfig network = parse(file);
      if (!network.plugins().isEmpty()) {
        networks.add(network);
      }
      if (networks.size() == max) {
        break;
      }
    }
    if (networks.isEmpty()) {
      throw new FailedPreconditionException(
          "no network config found in %s: put a .conflist file there".formatted(directory));
    }
    return networks;
  }

  private List<Path> files() {
    try (Stream<Path> paths = Files.list(directory)) {
      return paths.filter(NetworkDirectory::isNetwork).sorted().toList();
    } catch (NoSuchFileException e) {
      return List.of();
    } catch (IOException e) {
      throw new FailedPreconditionException("read networks in %s: %s".formatted(directory, e), e);
    }
  }

  private static boolean isNetwork(Path file) {
    return SUFFIXES.stream().anyMatch(file.toString()::endsWith);
  }

  private static NetworkConfig parse(Path file) {
    try {
      return NetworkConfig.of(
          new ObjectMapper().readTree(Files.readAllBytes(file)), file.toString());
    } catch (IOException e) {
      throw new FailedPreconditionException(
          "network configuration %s cannot be read: %s".formatted(file, e.getMessage()), e);
    }
  }
}
