// SPDX-License-Identifier: Apache-2.0
package gantry.bench;

import gantry.bench.Images.Kind;
import java.io.IOException;
import java.util.SplittableRandom;

/** What is in the layers: half words, which compress well, half noise, which does not. */
final class Layers {
  private static final int HALF = 4 << 20;
  private static final int WORDS = 4000;
  private static final int SMALL_LAYER_FILES = 50;
  private static final int SMALL_FILE = 2000;
  private static final int FILES_PER_DIRECTORY = 100;

  private final SplittableRandom random;
  private final boolean isShort;
  private final byte[][] words = new byte[WORDS][];

  Layers(SplittableRandom random, boolean isShort) {
    this.random = random;
    this.isShort = isShort;
    for (int i = 0; i < WORDS; i++) {
      words[i] = new byte[random.nextInt(3, 13)];
      random.nextBytes(words[i]);
    }
  }

  /** How many layers such an image has. */
  int count(Kind kind) {
    return kind == Kind.MANY ? (isShort ? 8 : 40) : 1;
  }

  /** Writes one. */
  void write(Kind kind, int layer, TarWriter tar) throws IOException {
    switch (kind) {
      case BIG -> big(tar);
      case MANY -> small(layer, tar);
      case FILES -> files(tar);
    }
    tar.end();
  }

  private void big(TarWriter tar) throws IOException {
    tar.directory("data");
    byte[] file = new byte[2 * HALF];
    fillWithWords(file, HALF);
    for (int i = 0; i < (isShort ? 3 : 62); i++) {
      byte[] noise = new byte[HALF];
      random.nextBytes(noise);
      System.arraycopy(noise, 0, file, HALF, HALF);
      tar.file("data/f" + i, file, file.length);
    }
  }

  private void small(int layer, TarWriter tar) throws IOException {
    tar.directory("layer" + layer);
    byte[] file = new byte[SMALL_FILE];
    for (int i = 0; i < SMALL_LAYER_FILES; i++) {
      fillWithWords(file, file.length);
      tar.file("layer%d/f%d".formatted(layer, i), file, file.length);
    }
  }

  private void files(TarWriter tar) throws IOException {
    byte[] file = new byte[4000];
    for (int i = 0; i < (isShort ? 1000 : 50_000); i++) {
      if (i % FILES_PER_DIRECTORY == 0) {
        tar.directory("d" + i / FILES_PER_DIRECTORY);
      }
      int size = random.nextInt(100, file.length);
      fillWithWords(file, size);
      tar.file("d%d/f%d".formatted(i / FILES_PER_DIRECTORY, i), file, size);
    }
  }

  private void fillWithWords(byte[] target, int size) {
    int at = 0;
    while (at < size) {
      byte[] word = words[random.nextInt(WORDS)];
      int length = Math.min(word.length, size - at);
      System.arraycopy(word, 0, target, at, length);
      at += length;
    }
  }
}
