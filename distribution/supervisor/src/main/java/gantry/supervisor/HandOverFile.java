// SPDX-License-Identifier: Apache-2.0
package gantry.supervisor;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import containerd.types.Envelope;
import gantry.linux.Fd;
import gantry.linux.Flock;
import gantry.linux.UnixListener;
import gantry.linux.keeper.KeptSocket;
import gantry.runtime.TaskStatus;
import java.io.IOException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The form in which a {@link HandOver} is read by the next version: lines of words separated by
 * blanks, text as in URLs, bytes in base64 behind a colon, descriptors as numbers. Lines that begin
 * with an unknown word are left out.
 *
 * <pre>
 *   hand-over 1
 *   lock FD
 *   listener FD
 *   upgrades N
 *   lost-terminals N
 *   kept FD IDENTITY PATH
 *   event :ENVELOPE
 *   process NAME STATUS LOGGER-PID :OUTWARD :INWARD [ROLE=FD ...]
 * </pre>
 */
final class HandOverFile {
  /** The form that is written and read here. */
  static final int FORM = 1;

  private final Path file;

  HandOverFile(Path file) {
    this.file = file;
  }

  void write(HandOver handOver) throws IOException {
    List<String> lines = new ArrayList<>();
    lines.add("hand-over " + FORM);
    lines.add("lock " + handOver.lock().fd().number());
    lines.add("listener " + handOver.listener().fd().number());
    lines.add("upgrades " + handOver.upgrades());
    lines.add("lost-terminals " + handOver.lostTerminals());
    for (KeptSocket kept : handOver.kept()) {
      lines.add(
          "kept %d %s %s"
              .formatted(kept.fd().number(), text(kept.identity()), text(kept.path().toString())));
    }
    handOver.events().forEach(event -> lines.add("event " + bytes(event.toByteString())));
    handOver.processes().forEach((name, legacy) -> lines.add(line(name, legacy)));
    Files.write(file, lines);
  }

  private static String line(String name, Legacy legacy) {
    StringBuilder line =
        new StringBuilder("process ")
            .append(text(name))
            .append(' ')
            .append(legacy.status() == null ? TaskStatus.UNKNOWN : legacy.status())
            .append(' ')
            .append(legacy.loggerPid())
            .append(' ')
            .append(bytes(legacy.unwritten().outward()))
            .append(' ')
            .append(bytes(legacy.unwritten().inward()));
    legacy
        .descriptors()
        .forEach((role, fd) -> line.append(' ').append(role).append('=').append(fd.number()));
    return line.toString();
  }

  private static String text(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private static String bytes(ByteString bytes) {
    return ":" + Base64.getEncoder().encodeToString(bytes.toByteArray());
  }

  /** Reads it, takes over the descriptors and removes the file. */
  HandOver take() throws IOException {
    Reader reader = new Reader();
    for (String line : Files.readAllLines(file)) {
      reader.read(line.split(" ", -1));
    }
    Files.delete(file);
    return reader.result();
  }

  private static final class Reader {
    private final List<KeptSocket> kept = new ArrayList<>();
    private final List<Envelope> events = new ArrayList<>();
    private final Map<String, Legacy> processes = new HashMap<>();
    private @Nullable Flock lock;
    private @Nullable UnixListener listener;
    private int upgrades;
    private int lostTerminals;

    private void read(String[] words) throws IOException {
      switch (words[0]) {
        case "hand-over" -> require(Integer.parseInt(words[1]) == FORM, "another form");
        case "lock" -> lock = Flock.inherited(fd(words[1]));
        case "listener" -> listener = UnixListener.of(fd(words[1]));
        case "upgrades" -> upgrades = Integer.parseInt(words[1]) + 1;
        case "lost-terminals" -> lostTerminals = Integer.parseInt(words[1]);
        case "kept" ->
            kept.add(new KeptSocket(Path.of(text(words[3])), text(words[2]), fd(words[1])));
        case "event" -> events.add(envelope(words[1]));
        case "process" -> processes.put(text(words[1]), legacy(words));
        default -> {}
      }
    }

    private static Legacy legacy(String[] words) throws IOException {
      Map<Role, Fd> descriptors = new EnumMap<>(Role.class);
      for (int i = 6; i < words.length; i++) {
        int equals = words[i].indexOf('=');
        descriptors.put(
            Role.valueOf(words[i].substring(0, equals)), fd(words[i].substring(equals + 1)));
      }
      TaskStatus status = TaskStatus.valueOf(words[2]);
      return new Legacy(
          descriptors,
          status == TaskStatus.UNKNOWN ? null : status,
          Integer.parseInt(words[3]),
          new TerminalPump.Unwritten(bytes(words[4]), bytes(words[5])));
    }

    private static Fd fd(String number) throws IOException {
      Fd fd = Fd.inherited(Integer.parseInt(number));
      fd.closeOnExec();
      return fd;
    }

    private static Envelope envelope(String word) throws InvalidProtocolBufferException {
      return Envelope.parseFrom(bytes(word));
    }

    private static ByteString bytes(String word) {
      return ByteString.copyFrom(Base64.getDecoder().decode(word.substring(1)));
    }

    private static String text(String word) {
      return URLDecoder.decode(word, StandardCharsets.UTF_8);
    }

    private static void require(boolean isTrue, String problem) throws IOException {
      if (!isTrue) {
        throw new IOException("take over from the supervisor before: " + problem);
      }
    }

    private HandOver result() throws IOException {
      if (lock == null || listener == null) {
        throw new IOException("take over from the supervisor before: it left no lock or listener");
      }
      return new HandOver(lock, listener, kept, processes, events, upgrades, lostTerminals);
    }
  }
}
