// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.runtime.shim;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import containerd.runtime.bootstrap.v1.BootstrapParams;
import containerd.runtime.bootstrap.v1.Extension;
import containerd.runtime.bootstrap.v1.LogLevel;
import containerd.task.v3.DeleteResponse;
import containerd.types.RuntimeInfo;
import gantry.errors.UnknownException;
import gantry.plugins.TimeLimits;
import gantry.plugins.runtime.shim.ProgramRun.Result;
import gantry.runtime.Bundle;
import gantry.runtime.Exit;
import gantry.runtime.TaskLimit;
import gantry.typed.TypedValue;
import gantry.wire.AnyWire;
import gantry.wire.ShimWire;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the programs of shims. What they are told comes in two ways at once, for they are of any
 * age: as flags and environment, and on standard input as {@code BootstrapParams}, or, for those
 * that cannot read that, as the bare options. Safe for concurrent use.
 */
final class ShimProgram {
  private static final Logger LOG = LoggerFactory.getLogger(ShimProgram.class);

  /** These want the bare options, and say nothing useful when they get something else. */
  private static final Pattern OLD = Pattern.compile(".*shim-(runc|runhcs)-v1.*");

  /** How a shim complains that takes the parameters for options. */
  private static final Pattern MISREAD =
      Pattern.compile("(?s).*(type with url|typeurl|unmarshal|proto: ).*");

  private final ShimSettings settings;
  private final TimeLimits limits;
  private final Set<Path> old = ConcurrentHashMap.newKeySet();

  ShimProgram(ShimSettings settings, TimeLimits limits) {
    this.settings = settings;
    this.limits = limits;
  }

  /**
   * Starts a shim for a bundle, or has it join one that runs.
   *
   * @throws UnknownException if it refuses; the message has its words
   */
  Bootstrap start(Path program, Bundle bundle, @Nullable TypedValue options) {
    boolean bare = old.contains(program) || OLD.matcher(program.toString()).matches();
    ByteString bareInput = bytes(options);
    Result result = start(program, bundle, bare ? bareInput : parameters(bundle, options));
    if (result.status() != 0 && !bare && MISREAD.matcher(result.words()).matches()) {
      LOG.debug("shim {} does not know bootstrap parameters: {}", program, result.words());
      result = start(program, bundle, bareInput);
      if (result.status() == 0) {
        old.add(program);
      }
    }
    if (result.status() != 0) {
      throw new UnknownException(
          "failed to start shim: start failed: %s: exit status %d"
              .formatted(result.words(), result.status()));
    }
    return Bootstrap.parse(result.output().toByteArray());
  }

  private Result start(Path program, Bundle bundle, ByteString input) {
    List<String> words = words(program, bundle.namespace(), bundle.id());
    words.add("start");
    return run(words, bundle, input, TaskLimit.CREATE);
  }

  /**
   * Has a shim's program clean up after a shim that is gone.
   *
   * @throws UnknownException if it fails
   */
  Exit delete(Path program, Bundle bundle) {
    List<String> words = words(program, bundle.namespace(), bundle.id());
    words.addAll(List.of("-bundle", bundle.state().toString(), "delete"));
    Result result = run(words, bundle, ByteString.EMPTY, TaskLimit.SHIM_CLEANUP);
    if (result.status() != 0) {
      throw new UnknownException(
          "clean up with %s: %s: exit status %d"
              .formatted(program, result.words(), result.status()));
    }
    if (!result.errors().isEmpty()) {
      LOG.info("clean up after task {}: {} says: {}", bundle.id(), program, result.words());
    }
    return ShimWire.exit(parse(program, "delete", DeleteResponse.parser(), result.output()));
  }

  /** What a shim's program says of itself and of what it runs. */
  TypedValue info(Path program, @Nullable TypedValue options) {
    Map<String, String> environment = settings.environment("");
    Result result =
        new ProgramRun(
                List.of(program.toString(), "-info"),
                Path.of("/"),
                environment,
                bytes(options),
                TaskLimit.QUERY.in(limits))
            .run();
    if (result.status() != 0) {
      throw new UnknownException(
          "failed to run [%s -info]: exit status %d (stderr: \"%s\")"
              .formatted(program, result.status(), result.words()));
    }
    return AnyWire.typed(parse(program, "-info", RuntimeInfo.parser(), result.output()));
  }

  private Result run(List<String> words, Bundle bundle, ByteString input, TaskLimit limit) {
    Map<String, String> environment = settings.environment(bundle.namespace());
    return new ProgramRun(words, bundle.state(), environment, input, limit.in(limits)).run();
  }

  private List<String> words(Path program, String namespace, String id) {
    List<String> words = new ArrayList<>();
    words.add(program.toString());
    words.addAll(List.of("-namespace", namespace));
    words.addAll(List.of("-address", settings.address().toString()));
    words.addAll(List.of("-publish-binary", settings.publisher().toString()));
    words.addAll(List.of("-id", id));
    if (LOG.isDebugEnabled()) {
      words.add("-debug");
    }
    return words;
  }

  private ByteString parameters(Bundle bundle, @Nullable TypedValue options) {
    BootstrapParams.Builder parameters =
        BootstrapParams.newBuilder()
            .setInstanceId(bundle.id())
            .setNamespace(bundle.namespace())
            .setLogLevel(LOG.isDebugEnabled() ? LogLevel.LOG_LEVEL_DEBUG : LogLevel.LOG_LEVEL_INFO)
            .setContainerdVersion(settings.version())
            .setContainerdGrpcAddress(settings.address().toString())
            .setContainerdTtrpcAddress(settings.events())
            .setContainerdBinary(settings.publisher().toString())
            .setSocketDir(settings.sockets().toString());
    if (options != null) {
      parameters.addExtensions(Extension.newBuilder().setValue(AnyWire.encode(options)));
    }
    return parameters.build().toByteString();
  }

  private static ByteString bytes(@Nullable TypedValue options) {
    return options == null ? ByteString.EMPTY : AnyWire.encode(options).toByteString();
  }

  private static <R extends MessageLite> R parse(
      Path program, String what, Parser<R> parser, ByteString bytes) {
    try {
      return parser.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw new UnknownException(
          "failed to unmarshal stdout from [%s %s]: %s".formatted(program, what, e.getMessage()),
          e);
    }
  }
}
