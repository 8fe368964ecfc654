// SPDX-License-Identifier: Apache-2.0
package gantry.wire;

import gantry.errors.InvalidArgumentException;
import gantry.plugins.BundleSource;
import gantry.plugins.ChangeOptions;
import gantry.plugins.ChangeStep;
import gantry.plugins.PluginChange;
import io.gantry.admin.v1.ChangeFlags;
import io.gantry.admin.v1.ChangeRecord;
import io.gantry.admin.v1.ChangeResponse;
import io.gantry.admin.v1.JarRequest;
import io.gantry.admin.v1.NameRequest;
import io.gantry.admin.v1.StepRecord;
import java.time.Duration;
import java.util.Locale;

/** Changes of plugins, their steps, and what asks for them. */
public final class PluginChangeWire {
  private PluginChangeWire() {}

  /** What asks for a jar to be put in. */
  public static JarRequest encode(BundleSource source, ChangeOptions options) {
    return JarRequest.newBuilder()
        .setLocation(source.location())
        .setSha256(source.sha256())
        .setFlags(encode(options))
        .build();
  }

  /** What asks for a change of what is there. */
  public static NameRequest encode(String name, ChangeOptions options) {
    return NameRequest.newBuilder().setName(name).setFlags(encode(options)).build();
  }

  /** The jar of a request. */
  public static BundleSource decode(JarRequest request) {
    return new BundleSource(request.getLocation(), request.getSha256());
  }

  /** How a change shall be made. */
  public static ChangeOptions decode(ChangeFlags flags) {
    return new ChangeOptions(flags.getDryRun(), flags.getForce());
  }

  private static ChangeFlags encode(ChangeOptions options) {
    return ChangeFlags.newBuilder().setDryRun(options.dryRun()).setForce(options.force()).build();
  }

  /** A step of a change, in its answer. */
  public static ChangeResponse answer(ChangeStep step) {
    return ChangeResponse.newBuilder()
        .setStep(
            StepRecord.newBuilder()
                .setName(word(step.name()))
                .setDetail(step.detail())
                .setTookNanos(step.took().toNanos()))
        .build();
  }

  /** The end of a change, in its answer. */
  public static ChangeResponse answer(PluginChange change) {
    return ChangeResponse.newBuilder().setChange(encode(change)).build();
  }

  /**
   * A step of a change.
   *
   * @throws gantry.errors.InvalidArgumentException if there is no such step
   */
  public static ChangeStep decode(StepRecord step) {
    return new ChangeStep(
        read(ChangeStep.Name.class, step.getName()),
        step.getDetail(),
        Duration.ofNanos(step.getTookNanos()));
  }

  /** What was done. */
  public static ChangeRecord encode(PluginChange change) {
    return ChangeRecord.newBuilder()
        .setAt(TimestampWire.encode(change.at()))
        .setKind(word(change.kind()))
        .setBundle(change.bundle())
        .addAllPlugins(change.plugins())
        .setFrom(change.from())
        .setTo(change.to())
        .setSha256(change.sha256())
        .setOutcome(word(change.outcome()))
        .setProblem(change.problem())
        .build();
  }

  /**
   * What was done.
   *
   * @throws gantry.errors.InvalidArgumentException if kind or outcome is unknown
   */
  public static PluginChange decode(ChangeRecord change) {
    return new PluginChange(
        TimestampWire.decode(change.getAt()),
        read(PluginChange.Kind.class, change.getKind()),
        change.getBundle(),
        change.getPluginsList(),
        change.getFrom(),
        change.getTo(),
        change.getSha256(),
        read(PluginChange.Outcome.class, change.getOutcome()),
        change.getProblem());
  }

  private static <E extends Enum<E>> E read(Class<E> type, String word) {
    try {
      return Enum.valueOf(type, word.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw new InvalidArgumentException(
          "read change of a plugin: \"%s\" is not known here; use a client of the daemon's version"
              .formatted(word),
          e);
    }
  }

  private static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
