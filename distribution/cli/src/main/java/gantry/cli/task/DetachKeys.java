// SPDX-License-Identifier: Apache-2.0
package gantry.cli.task;

import gantry.cli.command.UsageException;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/**
 * The keys that, pressed one after another at a terminal, leave a process without ending it: {@code
 * ctrl-p,ctrl-q} unless others are named. Empty for none. Immutable.
 */
final class DetachKeys {
  static final String STANDARD = "ctrl-p,ctrl-q";

  private static final String CTRL = "ctrl-";

  private final byte[] keys;

  private DetachKeys(byte[] keys) {
    this.keys = keys;
  }

  /**
   * Reads keys separated by commas: a character each, or {@code ctrl-} and one of {@code a-z},
   * {@code @}, {@code [}, {@code \}, {@code ]}, {@code ^}, {@code _}.
   *
   * @throws UsageException if one is none of these
   */
  static DetachKeys parse(String text) {
    ByteArrayOutputStream keys = new ByteArrayOutputStream();
    if (!text.isEmpty()) {
      for (String key : text.split(",", -1)) {
        keys.write(code(text, key));
      }
    }
    return new DetachKeys(keys.toByteArray());
  }

  private static int code(String text, String key) {
    if (key.length() == 1 && key.charAt(0) < 0x80) {
      return key.charAt(0);
    }
    if (key.length() == CTRL.length() + 1 && key.startsWith(CTRL)) {
      char letter = Character.toUpperCase(key.charAt(CTRL.length()));
      if (letter >= '@' && letter <= '_') {
        return letter - '@';
      }
    }
    throw new UsageException(
        "detach keys \"%s\": want for example %s or ctrl-],x".formatted(text, STANDARD));
  }

  /** Begins to look for them in what is typed. */
  Watch watch() {
    return new Watch();
  }

  /** Looks for the keys, across reads. Not for concurrent use. */
  final class Watch {
    private byte[] held = new byte[0];
    private boolean isComplete;

    /**
     * Takes what was typed; returns what the process is to get. Keys that may yet become the whole
     * sequence are held back, and handed on when they do not.
     */
    byte[] pass(byte[] typed, int length) {
      ByteArrayOutputStream passed = new ByteArrayOutputStream();
      for (int i = 0; i < length && !isComplete; i++) {
        held = Arrays.copyOf(held, held.length + 1);
        held[held.length - 1] = typed[i];
        while (!isPrefix()) {
          passed.write(held[0]);
          held = Arrays.copyOfRange(held, 1, held.length);
        }
        isComplete = keys.length > 0 && held.length == keys.length;
      }
      return passed.toByteArray();
    }

    private boolean isPrefix() {
      return held.length <= keys.length && Arrays.equals(held, Arrays.copyOf(keys, held.length));
    }

    /** Whether all keys were pressed; nothing typed later is looked at. */
    boolean isComplete() {
      return isComplete;
    }

    /** What is held back, when nothing follows. */
    byte[] rest() {
      return isComplete ? new byte[0] : held;
    }
  }
}
