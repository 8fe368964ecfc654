// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.tasks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gantry.doctor.Finding;
import gantry.errors.FailedPreconditionException;
import gantry.errors.InvalidArgumentException;
import gantry.errors.UnavailableException;
import gantry.linux.Mounts;
import gantry.mounts.Mount;
import gantry.plugins.TimeLimits;
import gantry.runtime.TaskStatus;
import gantry.testkit.FixedHandle;
import gantry.testkit.RecordingEventBus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BundleInspectionTest {
  private static final Era NOW = new Era("e1x2", Instant.EPOCH);

  @TempDir Path temp;

  private final FakeRuntime runtime = new FakeRuntime();
  private BundleLayout layout;
  private BundleStore bundles;
  private BundleInspection inspection;

  @BeforeEach
  void open() {
    layout = new BundleLayout(temp.resolve("root"), temp.resolve("state"));
    Trees trees = new Trees(Mounts::unmountRecursive);
    bundles = new BundleStore(layout, NOW, trees);
    Recovery recovery =
        new Recovery(
            bundles,
            new RecordingEventBus(),
            NOW,
            new Attempts(),
            new Silence(),
            TimeLimits.STANDARD);
    FixedHandle<gantry.runtime.TaskRuntime> handle = FixedHandle.of(runtime);
    inspection = new BundleInspection(layout, NOW, bundles, recovery, trees, bundle -> handle);
  }

  @AfterEach
  void unmount() throws IOException {
    Mounts.unmountRecursive(temp);
  }

  private Path bundle(String id) {
    bundles.end(bundles.create("ns", id, FakeRuntime.NAME, null));
    return temp.resolve("state/ns").resolve(id);
  }

  private Path running(String id) {
    Path bundle = bundle(id);
    runtime.tasks.put(id, TaskStatus.RUNNING);
    return bundle;
  }

  private Finding only() throws IOException {
    List<Finding> findings = inspection.inspect();
    assertThat(findings).hasSize(1);
    return findings.getFirst();
  }

  private static void mountOver(Path directory) throws IOException {
    Mounts.mount(Mount.of("tmpfs", "tmpfs", List.of()), directory.resolve("rootfs"));
  }

  @Test
  void bundles_withTheirTasks_areNoFindings() throws IOException {
    mountOver(running("a"));

    assertThat(inspection.inspect()).isEmpty();
  }

  @Test
  void bundle_whoseTaskIsGone_isFoundAndRemoved() throws IOException {
    Path kept = running("kept");
    Path left = bundle("left");

    Finding found = only();
    inspection.mend(found);
    inspection.mend(found);

    assertThat(found.kind()).isEqualTo("bundle");
    assertThat(found.name()).isEqualTo(left.toString());
    assertThat(found.owner()).isEqualTo("ns/left");
    assertThat(found.reason()).contains(FakeRuntime.NAME);
    assertThat(left).doesNotExist();
    assertThat(kept).exists();
    assertThat(runtime.cleaned).containsExactly("left");
  }

  @Test
  void bundle_thatIsBeingMade_isNoFindingAndStays() throws IOException {
    Path bundle = bundles.create("ns", "new", FakeRuntime.NAME, null).state();
    Finding early = new Finding("bundle", bundle.toString(), null, -1, "", "", "");

    assertThat(inspection.inspect()).isEmpty();
    assertThatThrownBy(() -> inspection.mend(early))
        .isInstanceOf(FailedPreconditionException.class);
    assertThat(bundle).exists();
  }

  @Test
  void bundle_whoseRuntimeDoesNotAnswer_isNoFinding() throws IOException {
    running("a");
    runtime.failure = () -> new UnavailableException("gone");

    assertThat(inspection.inspect()).isEmpty();
  }

  @Test
  void bundle_whoseTaskIsBack_stays() throws IOException {
    Path left = bundle("left");
    Finding found = only();
    runtime.tasks.put("left", TaskStatus.RUNNING);

    assertThatThrownBy(() -> inspection.mend(found))
        .isInstanceOf(FailedPreconditionException.class);
    assertThat(left).exists();
  }

  @Test
  void mount_ofATaskThatIsGone_isFoundAndTakenAway() throws IOException {
    Path kept = running("kept");
    mountOver(kept);
    Path left = bundle("left");
    mountOver(left);

    Finding found =
        inspection.inspect().stream()
            .filter(finding -> finding.kind().equals("mount"))
            .findFirst()
            .orElseThrow();
    inspection.mend(found);
    inspection.mend(found);

    assertThat(found.owner()).isEqualTo("ns/left");
    assertThat(Mounts.isMountPoint(left.resolve("rootfs"))).isFalse();
    assertThat(Mounts.isMountPoint(kept.resolve("rootfs"))).isTrue();
    Finding forged = new Finding("mount", kept.resolve("rootfs").toString(), null, -1, "", "", "");
    assertThatThrownBy(() -> inspection.mend(forged))
        .isInstanceOf(FailedPreconditionException.class);
    assertThat(Mounts.isMountPoint(kept.resolve("rootfs"))).isTrue();
  }

  @Test
  void draft_ofAnEarlierDaemon_isFoundAndDeleted_thatOfThisOneIsNot() throws IOException {
    Path old = Files.createDirectories(temp.resolve("state/ns/.a.b.e9x9.1"));
    Path fresh = Files.createDirectories(temp.resolve("state/ns/.c.e1x2.1"));

    Finding found = only();
    inspection.mend(found);
    inspection.mend(found);

    assertThat(found.kind()).isEqualTo("bundle-draft");
    assertThat(found.owner()).isEqualTo("ns/a.b");
    assertThat(old).doesNotExist();
    Finding forged = new Finding("bundle-draft", fresh.toString(), null, -1, "", "", "");
    assertThatThrownBy(() -> inspection.mend(forged))
        .isInstanceOf(FailedPreconditionException.class);
    assertThat(fresh).exists();
  }

  @Test
  void work_ofNoBundle_thatMayStillGetOne_isNoFinding() throws IOException {
    Path work = Files.createDirectories(temp.resolve("root/ns/new"));

    assertThat(inspection.inspect()).isEmpty();
    Finding forged = new Finding("work-directory", work.toString(), null, -1, "", "", "");
    assertThatThrownBy(() -> inspection.mend(forged))
        .isInstanceOf(FailedPreconditionException.class);
    assertThat(work).exists();
  }

  @Test
  void work_ofAnEarlierDaemonWithoutBundle_isFoundAndDeleted() throws IOException {
    Path work = Files.createDirectories(temp.resolve("root/ns/old"));
    Era later = new Era("e1x2", Instant.now().plusSeconds(3600));
    DraftInspection drafts =
        new DraftInspection(layout, later, new Trees(Mounts::unmountRecursive));

    assertThat(drafts.inspect()).extracting(Finding::kind).containsExactly("work-directory");
    drafts.mend("work-directory", work);

    assertThat(work).doesNotExist();
  }

  @Test
  void mend_ofAPathElsewhere_isRefused() throws IOException {
    Path elsewhere = Files.createDirectories(temp.resolve("elsewhere/ns/.a.e9x9.1"));
    for (String kind : List.of("bundle", "mount", "bundle-draft", "work-directory", "blob")) {
      Finding forged = new Finding(kind, elsewhere.toString(), null, -1, "", "", "");
      assertThatThrownBy(() -> inspection.mend(forged))
          .isInstanceOf(InvalidArgumentException.class);
    }
    assertThat(elsewhere).exists();
  }
}
