// SPDX-License-Identifier: Apache-2.0
package gantry.client;

import com.google.protobuf.Any;
import gantry.transfer.CredentialSource;
import gantry.transfer.ExportArchive;
import gantry.transfer.ImportArchive;
import gantry.transfer.ProgressListener;
import gantry.transfer.RegistryImage;
import gantry.transfer.StoredImage;
import gantry.transfer.TransferEnd;
import gantry.typed.TypedValue;
import gantry.wire.ByteStreamReader;
import gantry.wire.ByteStreamWriter;
import gantry.wire.TransferMessageWire;
import gantry.wire.TransferWire;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/** The streams of one transfer and the threads that serve them. Closing it ends all of them. */
final class TransferCall implements AutoCloseable {
  /** The daemon may be busy for long before it says or takes anything. */
  private static final Duration PATIENCE = Duration.ofHours(24);

  private final Wire wire;
  private final List<WireMessages> streams = new ArrayList<>();

  private final StreamThreads threads = new StreamThreads();

  TransferCall(Wire wire) {
    this.wire = wire;
  }

  /** Opens a stream of progress; returns its id. */
  String listen(ProgressListener progress) {
    WireMessages stream = open("progress");
    threads.serve(
        stream,
        true,
        () -> {
          for (TypedValue next = stream.receive(PATIENCE);
              next != null;
              next = stream.receive(PATIENCE)) {
            progress.progressed(TransferMessageWire.progress(next));
          }
        });
    return stream.id();
  }

  Any encode(TransferEnd end) {
    return switch (end) {
      case RegistryImage image -> {
        OutputStream log = image.access().log();
        yield TransferWire.encode(
            image,
            answer(image.access().credentials()),
            log == null ? "" : take("http-debug-logs", log, false));
      }
      case StoredImage image -> TransferWire.encode(image);
      case ImportArchive archive -> TransferWire.encode(archive, give(archive.stream()));
      case ExportArchive archive ->
          TransferWire.encode(archive, take("export", archive.stream(), true));
    };
  }

  private String answer(CredentialSource credentials) {
    WireMessages stream = open("creds");
    threads.serve(
        stream,
        false,
        () -> {
          for (TypedValue next = stream.receive(PATIENCE);
              next != null;
              next = stream.receive(PATIENCE)) {
            var question = TransferMessageWire.question(next);
            stream.send(
                TransferMessageWire.encode(
                    credentials.credentials(
                        question.host(), question.reference(), question.challenges())));
          }
        });
    return stream.id();
  }

  private String give(InputStream archive) {
    WireMessages stream = open("import");
    threads.serve(
        stream,
        false,
        () -> {
          try (archive) {
            archive.transferTo(new ByteStreamWriter(stream, PATIENCE));
            stream.close();
          }
        });
    return stream.id();
  }

  private String take(String kind, OutputStream target, boolean closes) {
    WireMessages stream = open(kind);
    threads.serve(
        stream,
        true,
        () -> {
          try (InputStream bytes = new ByteStreamReader(stream, PATIENCE)) {
            bytes.transferTo(target);
            target.flush();
            if (closes) {
              target.close();
            }
          }
        });
    return stream.id();
  }

  private WireMessages open(String kind) {
    byte[] random = new byte[8];
    ThreadLocalRandom.current().nextBytes(random);
    WireMessages stream = WireMessages.open(wire, kind + "-" + HexFormat.of().formatHex(random));
    streams.add(stream);
    return stream;
  }

  /** As {@link StreamThreads#during}. */
  void during(Runnable call) throws IOException {
    threads.during(call);
  }

  @Override
  public void close() {
    threads.close();
    streams.forEach(WireMessages::abandon);
  }
}
