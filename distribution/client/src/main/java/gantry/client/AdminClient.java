// SPDX-License-Identifier: Apache-2.0
package gantry.client;

import gantry.errors.InternalException;
import gantry.metadata.Garbage;
import gantry.metadata.GcStats;
import gantry.metadata.StoreUsage;
import gantry.oci.Digest;
import gantry.wire.AdminWire;
import io.gantry.admin.v1.AdminGrpc;
import io.gantry.admin.v1.CollectRequest;
import io.gantry.admin.v1.CollectResponse;
import io.gantry.admin.v1.DiskUsageRequest;
import io.gantry.admin.v1.VerifyContentRequest;
import io.gantry.admin.v1.VerifyContentResponse;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;

/** Garbage, damage and disk use. All but {@link #verify} concern all namespaces. */
public final class AdminClient {
  private final Wire wire;

  AdminClient(Wire wire) {
    this.wire = wire;
  }

  /**
   * How a blob was found.
   *
   * @param state {@code good}, {@code corrupt} or {@code missing}
   * @param bytes how many there are
   * @param found the digest of the bytes that are there; empty if they could not be read
   * @param problem why they could not be read; empty if they could
   */
  public record Verdict(String digest, String state, long bytes, String found, String problem) {
    /** Whether it is what its name says. */
    public boolean isGood() {
      return state.equals("good");
    }
  }

  /**
   * Collects garbage now, or says what a collection would take.
   *
   * @param removed is shown each object
   */
  public GcStats collect(boolean isDryRun, Consumer<Garbage> removed) {
    Iterator<CollectResponse> answers =
        wire.list(
            AdminGrpc.getCollectMethod(), CollectRequest.newBuilder().setDryRun(isDryRun).build());
    while (answers.hasNext()) {
      CollectResponse answer = answers.next();
      if (answer.hasSummary()) {
        return AdminWire.decode(answer.getSummary());
      }
      removed.accept(AdminWire.decode(answer.getRemoved()));
    }
    throw new InternalException("collect garbage: the daemon ended without a summary");
  }

  /**
   * Hashes blobs of the namespace again.
   *
   * @param digests none means all
   * @param verdicts is shown one for each, as soon as it is known
   */
  public void verify(List<Digest> digests, Consumer<Verdict> verdicts) {
    Iterator<VerifyContentResponse> answers =
        wire.list(
            AdminGrpc.getVerifyContentMethod(),
            VerifyContentRequest.newBuilder()
                .addAllDigests(digests.stream().map(Digest::toString).toList())
                .build());
    while (answers.hasNext()) {
      VerifyContentResponse answer = answers.next();
      verdicts.accept(
          new Verdict(
              answer.getDigest(),
              word(answer.getState()),
              answer.getBytes(),
              answer.getFound(),
              answer.getProblem()));
    }
  }

  private static String word(VerifyContentResponse.State state) {
    return switch (state) {
      case GOOD -> "good";
      case CORRUPT -> "corrupt";
      case MISSING -> "missing";
      default -> "unknown";
    };
  }

  /** Counts what is stored. */
  public StoreUsage usage() {
    return AdminWire.decode(
        wire.callLong(AdminGrpc.getDiskUsageMethod(), DiskUsageRequest.getDefaultInstance()));
  }
}
