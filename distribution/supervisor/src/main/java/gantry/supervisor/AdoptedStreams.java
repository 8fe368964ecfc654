// SPDX-License-Identifier: Apache-2.0
package gantry.supervisor;

import gantry.linux.Fd;
import gantry.linux.PidWatcher;
import gantry.linux.Winsize;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Streams of a process that an earlier supervisor made. */
final class AdoptedStreams implements Streams {
  private final Legacy legacy;
  private final @Nullable TerminalPump pump;
  private final @Nullable LogProcess logger;

  private volatile Runnable ended = () -> {};

  private AdoptedStreams(Legacy legacy, @Nullable LogProcess logger) throws IOException {
    this.legacy = legacy;
    this.logger = logger;
    Fd master = legacy.descriptors().get(Role.MASTER);
    Fd reader = legacy.descriptors().get(Role.READER);
    Fd output = legacy.descriptors().get(Role.OUTPUT);
    this.pump =
        master != null && reader != null && output != null
            ? TerminalPump.start(master, reader, output, legacy.unwritten(), () -> ended.run())
            : null;
  }

  /** Takes them up. */
  static AdoptedStreams of(Legacy legacy, PidWatcher exits) throws IOException {
    LogProcess logger =
        legacy.loggerPid() == 0 ? null : LogProcess.adopted(legacy.loggerPid(), exits);
    return new AdoptedStreams(legacy, logger);
  }

  @Override
  public List<Fd> descriptors() {
    return List.of();
  }

  @Override
  public Optional<Path> console() {
    return Optional.empty();
  }

  @Override
  public void handedOver() {}

  @Override
  public void closeInput() {
    legacy.descriptor(Role.WRITER).ifPresent(Fd::close);
  }

  @Override
  public void resize(Winsize size) throws IOException {
    if (pump != null) {
      pump.resize(size);
    }
  }

  @Override
  public boolean drain(Duration longest) throws InterruptedException {
    return (pump == null || pump.drain(longest))
        && (pump != null || logger == null || LoggedStreams.drain(logger, longest));
  }

  @Override
  public Map<Role, Fd> belongings() {
    Map<Role, Fd> open = new EnumMap<>(Role.class);
    legacy
        .descriptors()
        .forEach(
            (role, fd) -> {
              if (role != Role.PROCESS && fd.isOpen()) {
                open.put(role, fd);
              }
            });
    return open;
  }

  @Override
  public void whenEnded(Runnable action) {
    ended = action;
    if (pump != null && pump.hasEnded()) {
      action.run();
    }
  }

  @Override
  public TerminalPump.Unwritten pause() throws InterruptedException {
    return pump == null ? TerminalPump.Unwritten.NONE : pump.pause();
  }

  @Override
  public int loggerPid() {
    return logger == null ? 0 : logger.pid();
  }

  @Override
  public void close() throws IOException {
    if (pump != null) {
      pump.close();
    }
    belongings().values().forEach(Fd::close);
    if (logger != null) {
      logger.close();
    }
  }
}
