// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.image.verifier;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gantry.errors.CanceledException;
import gantry.errors.DeadlineExceededException;
import gantry.errors.FailedPreconditionException;
import gantry.errors.InternalException;
import gantry.oci.Descriptor;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs one program and listens to it. */
final class Verification {
  private static final Logger log = LoggerFactory.getLogger(Verification.class);
  private static final String DESCRIPTOR = "application/vnd.oci.descriptor.v1+json";
  private static final int OUTPUT_MAX = 32 << 10;

  private final Duration timeout;
  private final ObjectMapper json = new ObjectMapper();

  Verification(Duration timeout) {
    this.timeout = timeout;
  }

  /** What a program said. */
  record Answer(int exitCode, String reason) {}

  /**
   * Asks a program.
   *
   * @throws FailedPreconditionException if it cannot be run
   * @throws DeadlineExceededException if it took too long
   */
  Answer ask(Path program, String name, Descriptor target) {
    Process process = start(program, name, target);
    try {
      FutureTask<String> output = read(process.getInputStream());
      FutureTask<String> errors = read(process.getErrorStream());
      write(process.getOutputStream(), document(target));
      if (!process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
        throw late(program);
      }
      String reason = output.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
      log.debug(
          "image verifier {} on its error stream: {}",
          program,
          errors.get(timeout.toMillis(), TimeUnit.MILLISECONDS));
      return new Answer(process.exitValue(), reason);
    } catch (TimeoutException e) {
      throw late(program);
    } catch (ExecutionException e) {
      throw new InternalException("call verifier %s: %s".formatted(program, e.getCause()), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CanceledException("call verifier %s: interrupted".formatted(program), e);
    } finally {
      end(process);
    }
  }

  private Process start(Path program, String name, Descriptor target) {
    ProcessBuilder builder =
        new ProcessBuilder(
            program.toString(),
            "-name",
            name,
            "-digest",
            target.digest().toString(),
            "-stdin-media-type",
            DESCRIPTOR);
    builder.environment().remove("NOTIFY_SOCKET");
    try {
      return builder.start();
    } catch (IOException e) {
      throw new FailedPreconditionException(
          "call verifier %s: %s: make it executable or take it out of its directory"
              .formatted(program, e.getMessage()),
          e);
    }
  }

  private byte[] document(Descriptor target) {
    ObjectNode node = json.createObjectNode();
    node.put("mediaType", target.mediaType());
    node.put("digest", target.digest().toString());
    node.put("size", target.size());
    if (!target.annotations().isEmpty()) {
      Map<String, String> sorted = new TreeMap<>(target.annotations());
      node.set("annotations", json.valueToTree(sorted));
    }
    return (node + "\n").getBytes(StandardCharsets.UTF_8);
  }

  /** The beginning is kept; the rest is read all the same, or the program would get stuck. */
  private static FutureTask<String> read(InputStream stream) {
    FutureTask<String> task =
        new FutureTask<>(
            () -> {
              try (stream) {
                String text = new String(stream.readNBytes(OUTPUT_MAX), StandardCharsets.UTF_8);
                long more = stream.transferTo(OutputStream.nullOutputStream());
                return text.strip() + (more > 0 ? "(truncated)" : "");
              }
            });
    Thread.ofVirtual().name("image-verifier-read").start(task);
    return task;
  }

  /** On a thread of its own: a program need not read what it is given. */
  private static void write(OutputStream stream, byte[] document) {
    Thread.ofVirtual()
        .name("image-verifier-write")
        .start(
            () -> {
              try (stream) {
                stream.write(document);
              } catch (IOException e) {
                log.debug("an image verifier did not read its input: {}", e.getMessage());
              }
            });
  }

  private static void end(Process process) {
    if (process.isAlive()) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }

  private DeadlineExceededException late(Path program) {
    return new DeadlineExceededException(
        "call verifier %s: killed after %s: see what it waits for, or raise per_verifier_timeout"
            .formatted(program, timeout));
  }
}
