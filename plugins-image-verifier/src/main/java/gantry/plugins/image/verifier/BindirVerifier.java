// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.image.verifier;

import gantry.errors.InvalidArgumentException;
import gantry.oci.Descriptor;
import gantry.plugins.GoDuration;
import gantry.plugins.Plugin;
import gantry.transfer.ImageVerifier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks every program of a directory, by name; the first that refuses decides. */
@Component(name = BindirVerifier.PLUGIN, service = ImageVerifier.class, immediate = true)
@Plugin(BindirVerifier.PLUGIN)
public final class BindirVerifier implements ImageVerifier {
  static final String PLUGIN = "io.containerd.image-verifier.v1.bindir";
  private static final Logger log = LoggerFactory.getLogger(BindirVerifier.class);

  /** The keys of the plugin's table. */
  @interface Config {
    /** Where the programs are. */
    String binDir() default "/opt/containerd/image-verifier/bin";

    /** How many of them are asked at most; negative for all. */
    int maxVerifiers() default 10;

    /** How long one may take. */
    String perVerifierTimeout() default "10s";
  }

  private final Path directory;
  private final int most;
  private final Verification verification;

  /** Looks into the directory at each call, so programs may come and go. */
  @Activate
  public BindirVerifier(Config config) {
    this(Path.of(config.binDir()), config.maxVerifiers(), timeout(config.perVerifierTimeout()));
  }

  BindirVerifier(Path directory, int most, Duration timeout) {
    this.directory = directory;
    this.most = most;
    this.verification = new Verification(timeout);
  }

  @Override
  public Judgement verify(String name, Descriptor target) throws IOException {
    List<Path> programs = programs();
    if (programs.isEmpty()) {
      return new Judgement(true, "no image verifier in " + directory);
    }
    if (most >= 0 && programs.size() > most) {
      log.warn(
          "{} holds {} image verifiers, only {} are asked: raise max_verifiers",
          directory,
          programs.size(),
          most);
      programs = programs.subList(0, most);
    }
    return ask(programs, name, target);
  }

  private Judgement ask(List<Path> programs, String name, Descriptor target) {
    List<String> reasons = new ArrayList<>();
    for (Path program : programs) {
      Verification.Answer answer = verification.ask(program, name, target);
      if (answer.exitCode() != 0) {
        return new Judgement(
            false,
            "verifier %s rejected image (exit code %d): %s"
                .formatted(program.getFileName(), answer.exitCode(), answer.reason()));
      }
      reasons.add(program.getFileName() + " => " + answer.reason());
    }
    return new Judgement(true, String.join(", ", reasons));
  }

  private List<Path> programs() throws IOException {
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.sorted().toList();
    } catch (NoSuchFileException e) {
      log.debug("there is no directory of image verifiers: {}", e.getMessage());
      return List.of();
    }
  }

  private static Duration timeout(String text) {
    return GoDuration.parse(text)
        .filter(Duration::isPositive)
        .orElseThrow(
            () ->
                new InvalidArgumentException(
                    "per_verifier_timeout = \"%s\": want a duration above zero, for example \"10s\""
                        .formatted(text)));
  }
}
