// SPDX-License-Identifier: Apache-2.0
package gantry.supervisor;

import com.google.protobuf.Empty;
import containerd.services.events.ttrpc.v1.ForwardRequest;
import containerd.types.Envelope;
import gantry.errors.DeadlineExceededException;
import gantry.errors.GantryException;
import gantry.errors.UnavailableException;
import gantry.errors.UnimplementedException;
import gantry.ttrpc.TtrpcClient;
import io.gantry.admin.v1.ForwardAllRequest;
import io.gantry.admin.v1.ForwardAllResponse;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings events to the daemon: one by one as containerd has it, and many with one call to a daemon
 * that takes them so. Made anew when it breaks. For one thread.
 */
final class EventConnection implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(EventConnection.class);
  private static final String ONE = "containerd.services.events.ttrpc.v1.Events";
  private static final String MANY = "gantry.admin.v1.Events";
  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  private final Path address;
  private @Nullable TtrpcClient daemon;

  /** Whether this daemon has one call for many. */
  private boolean takesMany = true;

  EventConnection(Path address) {
    this.address = address;
  }

  /** What became of the event behind those that were taken, if there is one. */
  enum Rest {
    NOT_TRIED,
    AWAY,
    REFUSED
  }

  /**
   * What the daemon did.
   *
   * @param taken how many
   */
  record Answer(int taken, Rest rest) {}

  /** Brings some, oldest first; perhaps not all of them at once. */
  Answer bring(List<Envelope> envelopes) throws InterruptedException {
    try {
      return takesMany && envelopes.size() > 1
          ? bringAll(envelopes)
          : bringOne(envelopes.getFirst());
    } catch (UnimplementedException e) {
      takesMany = false;
      return new Answer(0, Rest.NOT_TRIED);
    } catch (IOException | UnavailableException | DeadlineExceededException e) {
      LOG.debug("events wait for the daemon: {}", e.getMessage());
      close();
      return new Answer(0, Rest.AWAY);
    } catch (GantryException e) {
      LOG.debug("event {} refused: {}", envelopes.getFirst().getTopic(), e.getMessage());
      return new Answer(0, Rest.REFUSED);
    }
  }

  private Answer bringOne(Envelope envelope) throws IOException, InterruptedException {
    connected()
        .call(
            ONE,
            "Forward",
            ForwardRequest.newBuilder().setEnvelope(envelope).build(),
            Empty.parser(),
            TIMEOUT,
            Map.of("containerd-namespace-ttrpc", envelope.getNamespace()));
    return new Answer(1, Rest.NOT_TRIED);
  }

  private Answer bringAll(List<Envelope> envelopes) throws IOException, InterruptedException {
    ForwardAllResponse answer =
        connected()
            .call(
                MANY,
                "ForwardAll",
                ForwardAllRequest.newBuilder().addAllEnvelopes(envelopes).build(),
                ForwardAllResponse.parser(),
                TIMEOUT,
                Map.of());
    boolean all = answer.getTaken() == envelopes.size();
    return new Answer(answer.getTaken(), all ? Rest.NOT_TRIED : Rest.REFUSED);
  }

  private TtrpcClient connected() throws IOException {
    TtrpcClient known = daemon;
    if (known == null || !known.isOpen()) {
      known = TtrpcClient.connect(address);
      daemon = known;
      takesMany = true;
    }
    return known;
  }

  @Override
  public void close() {
    TtrpcClient known = daemon;
    if (known != null) {
      known.close();
      daemon = null;
    }
  }
}
