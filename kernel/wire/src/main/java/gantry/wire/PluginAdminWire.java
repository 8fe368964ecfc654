// SPDX-License-Identifier: Apache-2.0
package gantry.wire;

import gantry.plugins.ConfigDifference;
import gantry.plugins.HandleStatus;
import gantry.plugins.PluginBundle;
import gantry.plugins.PluginDetail;
import gantry.plugins.PluginGuide;
import gantry.plugins.PluginReference;
import gantry.plugins.PluginStatus;
import gantry.plugins.PluginUri;
import io.gantry.admin.v1.BundleRecord;
import io.gantry.admin.v1.DifferenceRecord;
import io.gantry.admin.v1.GraphRequest;
import io.gantry.admin.v1.HandleRecord;
import io.gantry.admin.v1.PluginNeed;
import io.gantry.admin.v1.PluginRecord;
import java.time.Duration;

/** What the kernel knows of its plugins. */
public final class PluginAdminWire {
  private PluginAdminWire() {}

  /** All of a plugin. */
  public static PluginRecord encode(PluginDetail detail) {
    PluginStatus status = detail.status();
    return PluginRecord.newBuilder()
        .setType(status.uri().type())
        .setId(status.uri().id())
        .setState(state(status.state()))
        .setReason(status.reason() == null ? "" : status.reason())
        .setPending(detail.pending())
        .setSince(TimestampWire.encode(detail.since()))
        .setBundle(detail.bundle())
        .setVersion(detail.version())
        .setSha256(detail.sha256())
        .addAllOffers(detail.offers())
        .addAllReferences(detail.references().stream().map(PluginAdminWire::encode).toList())
        .setFailure(detail.failure())
        .addAllRequires(status.requires())
        .addAllPlatforms(status.platforms())
        .putAllExports(status.exports())
        .addAllCapabilities(status.capabilities())
        .build();
  }

  /** All of a plugin. */
  public static PluginDetail decode(PluginRecord plugin) {
    return new PluginDetail(
        new PluginStatus(
            new PluginUri(plugin.getType(), plugin.getId()),
            plugin.getRequiresList(),
            plugin.getPlatformsList(),
            plugin.getExportsMap(),
            plugin.getCapabilitiesList(),
            state(plugin.getState()),
            plugin.getReason().isEmpty() ? null : plugin.getReason()),
        plugin.getPending(),
        TimestampWire.decode(plugin.getSince()),
        plugin.getBundle(),
        plugin.getVersion(),
        plugin.getSha256(),
        plugin.getOffersList(),
        plugin.getReferencesList().stream().map(PluginAdminWire::decode).toList(),
        plugin.getFailure());
  }

  private static PluginRecord.State state(PluginStatus.State state) {
    return switch (state) {
      case OK -> PluginRecord.State.OK;
      case SKIP -> PluginRecord.State.SKIP;
      case ERROR -> PluginRecord.State.ERROR;
    };
  }

  private static PluginStatus.State state(PluginRecord.State state) {
    return switch (state) {
      case OK -> PluginStatus.State.OK;
      case SKIP -> PluginStatus.State.SKIP;
      case ERROR, UNKNOWN, UNRECOGNIZED -> PluginStatus.State.ERROR;
    };
  }

  private static PluginNeed encode(PluginReference reference) {
    return PluginNeed.newBuilder()
        .setKind(
            switch (reference.kind()) {
              case CONTRACT -> PluginNeed.Kind.CONTRACT;
              case CONDITION -> PluginNeed.Kind.CONDITION;
              case SERVICE -> PluginNeed.Kind.SERVICE;
            })
        .setWanted(reference.wanted())
        .setPlugin(reference.plugin())
        .setOptional(reference.optional())
        .setSatisfied(reference.satisfied())
        .addAllProviders(reference.providers())
        .build();
  }

  private static PluginReference decode(PluginNeed need) {
    return new PluginReference(
        switch (need.getKind()) {
          case CONTRACT -> PluginReference.Kind.CONTRACT;
          case CONDITION -> PluginReference.Kind.CONDITION;
          case SERVICE, UNKNOWN, UNRECOGNIZED -> PluginReference.Kind.SERVICE;
        },
        need.getWanted(),
        need.getPlugin(),
        need.getOptional(),
        need.getSatisfied(),
        need.getProvidersList());
  }

  /** A bundle. */
  public static BundleRecord encode(PluginBundle bundle) {
    return BundleRecord.newBuilder()
        .setName(bundle.name())
        .setVersion(bundle.version())
        .setState(bundle.state())
        .setOrigin(
            switch (bundle.origin()) {
              case SHIPPED -> BundleRecord.Origin.SHIPPED;
              case INSTALLED -> BundleRecord.Origin.INSTALLED;
            })
        .build();
  }

  /** A bundle. */
  public static PluginBundle decode(BundleRecord bundle) {
    return new PluginBundle(
        bundle.getName(),
        bundle.getVersion(),
        bundle.getState(),
        switch (bundle.getOrigin()) {
          case SHIPPED -> PluginBundle.Origin.SHIPPED;
          case INSTALLED, UNKNOWN, UNRECOGNIZED -> PluginBundle.Origin.INSTALLED;
        });
  }

  /** How a graph is drawn. */
  public static GraphRequest encode(PluginGuide.Format format) {
    return GraphRequest.newBuilder()
        .setFormat(
            switch (format) {
              case TREE -> GraphRequest.Format.TREE;
              case DOT -> GraphRequest.Format.DOT;
              case SVG -> GraphRequest.Format.SVG;
            })
        .build();
  }

  /** How a graph is drawn. */
  public static PluginGuide.Format decode(GraphRequest request) {
    return switch (request.getFormat()) {
      case DOT -> PluginGuide.Format.DOT;
      case SVG -> PluginGuide.Format.SVG;
      case TREE, UNRECOGNIZED -> PluginGuide.Format.TREE;
    };
  }

  /** A key that differs. */
  public static DifferenceRecord encode(ConfigDifference difference) {
    return DifferenceRecord.newBuilder()
        .setKey(difference.key())
        .setBefore(difference.before())
        .setAfter(difference.after())
        .setNeedsRestart(difference.effect() == ConfigDifference.Effect.RESTART)
        .build();
  }

  /** A key that differs. */
  public static ConfigDifference decode(DifferenceRecord difference) {
    return new ConfigDifference(
        difference.getKey(),
        difference.getBefore(),
        difference.getAfter(),
        difference.getNeedsRestart()
            ? ConfigDifference.Effect.RESTART
            : ConfigDifference.Effect.LIVE);
  }

  /** The calls through a handle. */
  public static HandleRecord encode(HandleStatus handle) {
    return HandleRecord.newBuilder()
        .setPlugin(handle.plugin())
        .setContract(handle.contract())
        .setInFlight(handle.inFlight())
        .setInFlightMax(handle.inFlightMax())
        .setCalls(handle.calls())
        .setRefused(handle.refused())
        .setLate(handle.late())
        .setOpen(handle.open())
        .setLongestWaitNanos(handle.longestWait().toNanos())
        .setOldestNanos(handle.oldest().toNanos())
        .build();
  }

  /** The calls through a handle. */
  public static HandleStatus decode(HandleRecord handle) {
    return new HandleStatus(
        handle.getPlugin(),
        handle.getContract(),
        handle.getInFlight(),
        handle.getInFlightMax(),
        handle.getCalls(),
        handle.getRefused(),
        handle.getLate(),
        handle.getOpen(),
        Duration.ofNanos(handle.getLongestWaitNanos()),
        Duration.ofNanos(handle.getOldestNanos()));
  }
}
