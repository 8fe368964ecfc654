// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.cni;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gantry.errors.CanceledException;
import gantry.errors.DeadlineExceededException;
import gantry.errors.FailedPreconditionException;
import gantry.errors.InternalException;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;

/**
 * Runs one network program as the CNI specification says: parameters in the environment, the
 * configuration on its input, the result or an error on its output.
 */
final class PluginRunner {
  private static final int OUTPUT_MAX = 1 << 20;

  private final List<Path> programs;
  private final Duration limit;
  private final ObjectMapper json = new ObjectMapper();

  /**
   * Prepares.
   *
   * @param programs directories, searched in order
   * @param limit a program that runs longer is killed
   */
  PluginRunner(List<Path> programs, Duration limit) {
    this.programs = List.copyOf(programs);
    this.limit = limit;
  }

  /**
   * Runs a program.
   *
   * @param config its input
   * @return its output; a missing node if there is none
   * @throws FailedPreconditionException if there is no such program
   * @throws DeadlineExceededException if it ran too long
   * @throws gantry.errors.GantryException if it failed, see {@link PluginFailure}
   */
  JsonNode run(Verb verb, Attachment attachment, String namespace, ObjectNode config) {
    String type = config.path("type").asText();
    String task =
        "network plugin type=\"%s\" name=\"%s\" failed (%s)"
            .formatted(type, attachment.network().name(), verb.word());
    Process process = start(verb, attachment, namespace, find(type), task);
    try {
      FutureTask<byte[]> output = read(process.getInputStream(), type);
      FutureTask<byte[]> errors = read(process.getErrorStream(), type);
      write(process.getOutputStream(), config, type);
      if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        throw late(task);
      }
      byte[] said = output.get(limit.toMillis(), TimeUnit.MILLISECONDS);
      if (process.exitValue() == 0) {
        return parse(said, task);
      }
      byte[] complained = errors.get(limit.toMillis(), TimeUnit.MILLISECONDS);
      throw PluginFailure.of(task, process.exitValue(), said, complained);
    } catch (TimeoutException e) {
      throw late(task);
    } catch (ExecutionException e) {
      throw new InternalException(task + ": " + e.getCause(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CanceledException(task + ": interrupted", e);
    } finally {
      kill(process);
    }
  }

  /** To find the descendants takes a look at every process of the host, so only when needed. */
  private static void kill(Process process) {
    if (process.isAlive()) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }

  private Process start(
      Verb verb, Attachment attachment, String namespace, Path program, String task) {
    ProcessBuilder builder = new ProcessBuilder(program.toString());
    Map<String, String> environment = builder.environment();
    environment.remove("NOTIFY_SOCKET");
    environment.putIfAbsent("PATH", "/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin");
    environment.put("CNI_COMMAND", verb.name());
    environment.put("CNI_CONTAINERID", attachment.request().containerId());
    environment.put("CNI_NETNS", namespace);
    environment.put("CNI_IFNAME", attachment.interfaceName());
    environment.put("CNI_ARGS", arguments(attachment.request().arguments()));
    environment.put("CNI_PATH", path());
    try {
      return builder.start();
    } catch (IOException e) {
      throw new FailedPreconditionException(task + ": cannot be started: " + e.getMessage(), e);
    }
  }

  private Path find(String type) {
    return programs.stream()
        .map(directory -> directory.resolve(type))
        .filter(Files::isExecutable)
        .findFirst()
        .orElseThrow(
            () ->
                new FailedPreconditionException(
                    "failed to find network plugin \"%s\" in path %s: install it there"
                        .formatted(type, programs)));
  }

  private String path() {
    return programs.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator));
  }

  private static String arguments(Map<String, String> arguments) {
    return arguments.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .map(entry -> entry.getKey() + "=" + entry.getValue())
        .collect(Collectors.joining(";"));
  }

  private static FutureTask<byte[]> read(InputStream stream, String type) {
    FutureTask<byte[]> task = new FutureTask<>(() -> stream.readNBytes(OUTPUT_MAX));
    Thread.ofVirtual().name("cni-read-" + type).start(task);
    return task;
  }

  /** On a thread of its own: a program that does not read must not hold up its deadline. */
  private void write(OutputStream stream, ObjectNode config, String type) {
    byte[] bytes = config.toString().getBytes(StandardCharsets.UTF_8);
    FutureTask<Void> task =
        new FutureTask<>(
            () -> {
              try (stream) {
                stream.write(bytes);
              }
              return null;
            });
    Thread.ofVirtual().name("cni-write-" + type).start(task);
  }

  private JsonNode parse(byte[] said, String task) {
    try {
      return json.readTree(said);
    } catch (IOException e) {
      throw new InternalException(task + ": its result is not JSON: " + e.getMessage(), e);
    }
  }

  private DeadlineExceededException late(String task) {
    return new DeadlineExceededException("%s: it was killed after %s".formatted(task, limit));
  }
}
