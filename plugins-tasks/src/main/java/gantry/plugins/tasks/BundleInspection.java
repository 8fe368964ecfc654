// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.tasks;

import gantry.doctor.Finding;
import gantry.doctor.Inspector;
import gantry.errors.FailedPreconditionException;
import gantry.errors.GantryException;
import gantry.errors.InvalidArgumentException;
import gantry.errors.UnavailableException;
import gantry.linux.MountEntry;
import gantry.linux.Mounts;
import gantry.plugins.Handle;
import gantry.runtime.Bundle;
import gantry.runtime.TaskRuntime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Function;

/**
 * Bundles whose task nobody has, mounts of such, and what was half made or half removed. A bundle
 * whose runtime does not answer is not known to be left behind. Safe for concurrent use.
 */
final class BundleInspection implements Inspector {
  private static final String BUNDLE = "bundle";
  private static final String MOUNT = "mount";

  private final BundleLayout layout;
  private final Era era;
  private final BundleStore bundles;
  private final Recovery recovery;
  private final Function<Bundle, Handle<TaskRuntime>> runtimes;
  private final DraftInspection drafts;

  /**
   * Takes what it asks.
   *
   * @param runtimes tells who has a task; fails if that is not here
   */
  BundleInspection(
      BundleLayout layout,
      Era era,
      BundleStore bundles,
      Recovery recovery,
      Trees trees,
      Function<Bundle, Handle<TaskRuntime>> runtimes) {
    this.layout = layout;
    this.era = era;
    this.bundles = bundles;
    this.recovery = recovery;
    this.runtimes = runtimes;
    this.drafts = new DraftInspection(layout, era, trees);
  }

  @Override
  public Set<String> kinds() {
    return Set.of(BUNDLE, MOUNT, DraftInspection.DRAFT, DraftInspection.WORK);
  }

  @Override
  public List<Finding> inspect() throws IOException {
    Map<Bundle, String> left = left(bundles.list());
    List<Finding> findings = new ArrayList<>(drafts.inspect());
    for (Map.Entry<Bundle, String> bundle : left.entrySet()) {
      findings.add(finding(bundle.getKey(), bundle.getValue()));
    }
    for (Path target : mountPoints()) {
      if (isLeft(target, left)) {
        findings.add(mount(target));
      }
    }
    return findings;
  }

  /** The bundles without a task, and why they are that. */
  private Map<Bundle, String> left(List<Bundle> all) throws IOException {
    Map<Bundle, FutureTask<Optional<String>>> asked = new HashMap<>();
    for (Bundle bundle : all) {
      FutureTask<Optional<String>> task = new FutureTask<>(() -> reason(bundle));
      asked.put(bundle, task);
      Thread.ofVirtual().name("inspect-" + bundle.id()).start(task);
    }
    Map<Bundle, String> left = new HashMap<>();
    for (Map.Entry<Bundle, FutureTask<Optional<String>>> answer : asked.entrySet()) {
      try {
        answer.getValue().get().ifPresent(reason -> left.put(answer.getKey(), reason));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new UnavailableException("inspect bundles: interrupted", e);
      } catch (ExecutionException e) {
        throw new IOException("inspect bundle %s".formatted(answer.getKey().state()), e);
      }
    }
    return left;
  }

  /** Why a bundle is left behind; empty if it is not, or if that is not known. */
  private Optional<String> reason(Bundle bundle) {
    if (isUnderWay(bundle)) {
      return Optional.empty();
    }
    Optional<String> runtime = bundles.runtime(bundle);
    if (runtime.isEmpty()) {
      return exists(bundle)
          ? Optional.of("it is not whole: nothing says which runtime has the task")
          : Optional.empty();
    }
    try {
      boolean isKnown = recovery.isKnown(runtimes.apply(bundle), bundle);
      return isKnown || isUnderWay(bundle)
          ? Optional.empty()
          : Optional.of("runtime %s does not know the task".formatted(runtime.get()));
    } catch (GantryException e) {
      return Optional.empty();
    }
  }

  private boolean isUnderWay(Bundle bundle) {
    return bundles.busy(bundle).filter(busy -> busy.isUnderWay(era)).isPresent();
  }

  private static boolean exists(Bundle bundle) {
    return Files.exists(bundle.state(), LinkOption.NOFOLLOW_LINKS);
  }

  private Finding finding(Bundle bundle, String reason) throws IOException {
    return new Finding(
        BUNDLE,
        bundle.state().toString(),
        DraftInspection.changed(bundle.state()),
        Finding.UNKNOWN,
        bundle.namespace() + "/" + bundle.id(),
        reason,
        "have the runtime clean up, and remove the bundle");
  }

  /** Below the directories of all bundles, deepest first. */
  private List<Path> mountPoints() throws IOException {
    Set<Path> targets = new LinkedHashSet<>();
    for (MountEntry mount : Mounts.list().reversed()) {
      if (mount.target().startsWith(layout.state()) && depth(mount.target()) >= 2) {
        targets.add(mount.target());
      }
    }
    return List.copyOf(targets);
  }

  private int depth(Path target) {
    return target.getNameCount() - layout.state().getNameCount();
  }

  private boolean isLeft(Path target, Map<Bundle, String> left) {
    Path state = bundleOf(target);
    if (layout.isHidden(state)) {
      return drafts.isLeft(state);
    }
    Bundle bundle = bundle(state);
    return left.containsKey(bundle) || !exists(bundle);
  }

  private Path bundleOf(Path target) {
    return layout.state().resolve(layout.state().relativize(target).subpath(0, 2));
  }

  private Bundle bundle(Path state) {
    Path inside = layout.state().relativize(state);
    return layout.bundle(inside.getName(0).toString(), inside.getName(1).toString());
  }

  private Finding mount(Path target) throws IOException {
    Path state = bundleOf(target);
    return new Finding(
        MOUNT,
        target.toString(),
        DraftInspection.changed(state),
        Finding.UNKNOWN,
        drafts.owner(state),
        "the task it was mounted for is gone",
        "unmount it");
  }

  @Override
  public void mend(Finding finding) throws IOException {
    Path path = Path.of(finding.name()).normalize();
    switch (finding.kind()) {
      case BUNDLE -> removeBundle(path);
      case MOUNT -> unmount(path);
      case DraftInspection.DRAFT, DraftInspection.WORK -> drafts.mend(finding.kind(), path);
      default ->
          throw new InvalidArgumentException(
              "mend %s: not a kind of %s".formatted(finding.kind(), BundledTasks.PLUGIN));
    }
  }

  private void removeBundle(Path path) {
    requireInside(path);
    Bundle bundle = bundle(path);
    if (!exists(bundle)) {
      return;
    }
    if (reason(bundle).isEmpty()) {
      throw new FailedPreconditionException(
          "remove bundle %s: its task is there, or nobody knows".formatted(path));
    }
    if (bundles.runtime(bundle).isEmpty()) {
      bundles.remove(bundle);
      return;
    }
    recovery.recover(runtimes.apply(bundle), bundle);
    if (exists(bundle)) {
      throw new FailedPreconditionException(
          "remove bundle %s: somebody else looks after it".formatted(path));
    }
  }

  private void unmount(Path target) throws IOException {
    requireInside(target);
    if (!Mounts.isMountPoint(target)) {
      return;
    }
    Bundle bundle = bundle(bundleOf(target));
    Map<Bundle, String> left = new HashMap<>();
    if (!layout.isHidden(bundle.state())) {
      reason(bundle).ifPresent(reason -> left.put(bundle, reason));
    }
    if (!isLeft(target, left)) {
      throw new FailedPreconditionException(
          "unmount %s: its task is there, or nobody knows".formatted(target));
    }
    Mounts.unmountAll(target);
  }

  private void requireInside(Path path) {
    if (!path.startsWith(layout.state()) || depth(path) < 2) {
      throw new InvalidArgumentException("mend %s: not in %s".formatted(path, layout.state()));
    }
  }
}
