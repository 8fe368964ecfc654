// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.cni;

import gantry.doctor.Finding;
import gantry.doctor.Inspector;
import gantry.errors.FailedPreconditionException;
import gantry.errors.InvalidArgumentException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Containers that are attached to networks though their network namespace is gone: their addresses
 * are taken for nobody. Addresses that others have taken are not looked at. Safe for concurrent
 * use.
 */
final class NetworkInspection implements Inspector {
  private static final String NETWORK = "network";

  /** A record is begun before it says anything. */
  private static final Duration MAKING_MAX = Duration.ofMinutes(1);

  private final AttachmentStore store;
  private final Consumer<String> detach;

  NetworkInspection(AttachmentStore store, Consumer<String> detach) {
    this.store = store;
    this.detach = detach;
  }

  @Override
  public Set<String> kinds() {
    return Set.of(NETWORK);
  }

  @Override
  public List<Finding> inspect() throws IOException {
    List<Finding> findings = new ArrayList<>();
    for (String container : store.containers()) {
      Optional<String> reason = reason(container);
      if (reason.isPresent()) {
        findings.add(
            new Finding(
                NETWORK,
                container,
                store.changed(container),
                Finding.UNKNOWN,
                container,
                reason.get(),
                "have the programs of its networks give its addresses back, and forget it"));
      }
    }
    return findings;
  }

  /** Why nobody needs a container's networks any more; empty if somebody may. */
  private Optional<String> reason(String container) throws IOException {
    @Nullable Path namespace = namespace(container);
    if (namespace == null) {
      return isBeingMade(container) ? Optional.empty() : Optional.of("its record is not whole");
    }
    return Files.exists(namespace)
        ? Optional.empty()
        : Optional.of("its network namespace %s is gone".formatted(namespace));
  }

  private boolean isBeingMade(String container) throws IOException {
    Instant changed = store.changed(container);
    return changed == null || changed.plus(MAKING_MAX).isAfter(Instant.now());
  }

  private @Nullable Path namespace(String container) throws IOException {
    try {
      return store.namespace(container);
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  @Override
  public void mend(Finding finding) throws IOException {
    if (!finding.kind().equals(NETWORK)) {
      throw new InvalidArgumentException(
          "mend %s: not a kind of %s".formatted(finding.kind(), CniNetworks.PLUGIN));
    }
    if (!store.containers().contains(finding.name())) {
      return;
    }
    if (reason(finding.name()).isEmpty()) {
      throw new FailedPreconditionException(
          "detach %s: its network namespace is there".formatted(finding.name()));
    }
    detach.accept(finding.name());
  }
}
