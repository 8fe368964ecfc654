// SPDX-License-Identifier: Apache-2.0
package gantry.supervisor;

import containerd.types.Envelope;
import gantry.linux.Fd;
import gantry.linux.Flock;
import gantry.linux.UnixListener;
import gantry.linux.keeper.KeptSocket;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What a supervisor gives to the version that it becomes: descriptors, and what is not on disk.
 *
 * @param lock of the state directory
 * @param listener of calls; who connects meanwhile waits
 * @param kept the daemon's sockets
 * @param processes by the texts of their names
 * @param events that the daemon does not know yet, oldest first
 * @param upgrades how many there were before
 * @param lostTerminals counted so far
 */
record HandOver(
    Flock lock,
    UnixListener listener,
    List<KeptSocket> kept,
    Map<String, Legacy> processes,
    List<Envelope> events,
    int upgrades,
    int lostTerminals)
    implements Legacy.Source {
  HandOver {
    kept = List.copyOf(kept);
    processes = new HashMap<>(processes);
    events = List.copyOf(events);
  }

  @Override
  public Legacy of(ProcessName name) {
    Legacy legacy = processes.remove(name.toString());
    return legacy == null ? Legacy.NONE : legacy;
  }

  /** The same with the daemon's sockets. */
  HandOver with(List<KeptSocket> sockets) {
    return new HandOver(lock, listener, sockets, processes, events, upgrades, lostTerminals);
  }

  /** Every descriptor that has to be there in the next version. */
  List<Fd> descriptors() {
    List<Fd> all = new ArrayList<>(List.of(lock.fd(), listener.fd()));
    kept.forEach(socket -> all.add(socket.fd()));
    processes.values().forEach(legacy -> all.addAll(legacy.descriptors().values()));
    return all;
  }

  /** Lets the next program have the descriptors. */
  void keep() throws IOException {
    for (Fd fd : descriptors()) {
      fd.keepOnExec();
    }
  }

  /** Keeps them from other programs, which nobody wants to inherit a terminal. */
  void guard() throws IOException {
    for (Fd fd : descriptors()) {
      fd.closeOnExec();
    }
  }
}
