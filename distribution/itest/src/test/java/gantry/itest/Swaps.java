// SPDX-License-Identifier: Apache-2.0
package gantry.itest;

import io.gantry.admin.v1.BundleRecord;
import io.gantry.admin.v1.BundlesRequest;
import io.gantry.admin.v1.ChangeFlags;
import io.gantry.admin.v1.ChangeRecord;
import io.gantry.admin.v1.ChangeResponse;
import io.gantry.admin.v1.JarRequest;
import io.gantry.admin.v1.PluginsGrpc;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;

/** Puts new versions of what ships in place of what runs. */
final class Swaps {
  private final PluginsGrpc.PluginsBlockingStub plugins;
  private final Path work;
  private final List<String> failures = new ArrayList<>();
  private final List<Long> nanos = new ArrayList<>();
  private int number;

  Swaps(Channels channels, Path work) {
    plugins = PluginsGrpc.newBlockingStub(channels.bare());
    this.work = work;
  }

  /** Every jar of a plugin that ships. */
  static List<Path> shipped() throws IOException {
    try (Stream<Path> jars = Files.list(Daemon.installed().resolve("plugins"))) {
      return jars.filter(jar -> jar.toString().endsWith(".jar")).sorted().toList();
    }
  }

  /** Swaps one, and looks whether the daemon shows the new version. */
  void swap(Path shipped) throws IOException {
    StampedJar jar = StampedJar.make(shipped, ++number, work);
    try {
      long begin = System.nanoTime();
      change(jar);
      nanos.add(System.nanoTime() - begin);
      String shown = version(jar.name());
      if (!shown.equals(jar.version())) {
        failures.add("%s is %s after a swap to %s".formatted(jar.name(), shown, jar.version()));
      }
    } catch (StatusRuntimeException e) {
      failures.add("swap %s to %s: %s".formatted(jar.name(), jar.version(), e));
    } finally {
      Files.delete(jar.path());
    }
  }

  private void change(StampedJar jar) {
    Iterator<ChangeResponse> responses =
        plugins.swap(
            JarRequest.newBuilder()
                .setLocation(jar.path().toString())
                .setFlags(ChangeFlags.getDefaultInstance())
                .build());
    ChangeRecord change = ChangeRecord.getDefaultInstance();
    while (responses.hasNext()) {
      ChangeResponse response = responses.next();
      if (response.hasChange()) {
        change = response.getChange();
      }
    }
    if (!change.getOutcome().equals("done")) {
      failures.add("swap %s to %s: %s".formatted(jar.name(), jar.version(), change));
    }
  }

  /** The version of a bundle that the daemon shows. */
  String version(String name) {
    return plugins.bundles(BundlesRequest.getDefaultInstance()).getBundlesList().stream()
        .filter(bundle -> bundle.getName().equals(name))
        .map(BundleRecord::getVersion)
        .reduce("", (a, b) -> a + b);
  }

  int count() {
    return number;
  }

  List<String> failures() {
    return failures;
  }

  String summary() {
    List<Long> sorted = nanos.stream().sorted().toList();
    return sorted.isEmpty()
        ? "no swaps"
        : "%d swaps, median %d ms, longest %d ms"
            .formatted(
                sorted.size(),
                sorted.get(sorted.size() / 2) / 1_000_000,
                sorted.getLast() / 1_000_000);
  }
}
