// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.transfer;

import gantry.labels.Labels;
import gantry.metadata.Caller;
import gantry.names.Namespace;
import gantry.oci.Platform;
import gantry.plugins.transfer.unpack.UnpackRules;
import gantry.registry.HttpRegistries;
import gantry.registry.RegistrySettings;
import gantry.testkit.FixedHandle;
import gantry.testkit.registry.FaultyRegistry;
import gantry.transfer.Progress;
import gantry.transfer.RegistryAccess;
import gantry.transfer.RegistryImage;
import gantry.transfer.StoredImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** The plugin, a registry, and everything else in memory. */
final class TransferHouse implements AutoCloseable {
  static final Platform PLATFORM = new Platform("linux", "amd64", "");
  static final Caller CALLER = Caller.of(new Namespace("test"));

  final FaultyRegistry registry = FaultyRegistry.start();
  final FakeMetadata metadata;
  final FakeDiffer differ = new FakeDiffer();
  final List<Progress> progress = new CopyOnWriteArrayList<>();
  final LocalTransfers transfers;

  TransferHouse(Path root) {
    this(root, 2);
  }

  TransferHouse(Path root, int unpacks) {
    metadata = new FakeMetadata(root);
    transfers =
        new LocalTransfers(
            FixedHandle.of(metadata),
            new HttpRegistries(RegistrySettings.of("test/1")),
            new TransferSettings(4, 3, unpacks, 1 << 20, "", UnpackRules.defaults()));
    transfers.bindDiffer(FixedHandle.of("io.containerd.differ.v1.walking", differ));
  }

  String reference(String tag) {
    return registry.host() + "/" + TestImage.REPOSITORY + ":" + tag;
  }

  RegistryImage remote(String tag) {
    return new RegistryImage(reference(tag), RegistryAccess.anonymous());
  }

  StoredImage local(String tag) {
    return new StoredImage(
        reference(tag),
        Labels.none(),
        List.of(PLATFORM),
        false,
        0,
        List.of(),
        List.of(new StoredImage.UnpackTarget(PLATFORM, "")));
  }

  void pull(String tag) throws IOException {
    pull(tag, local(tag));
  }

  void pull(String tag, StoredImage to) throws IOException {
    transfers.transfer(CALLER, remote(tag), to, progress::add);
  }

  List<String> events() {
    return progress.stream().map(Progress::event).toList();
  }

  List<String> events(String name) {
    return progress.stream().filter(p -> p.name().equals(name)).map(Progress::event).toList();
  }

  @Override
  public void close() {
    transfers.close();
    registry.close();
  }
}
