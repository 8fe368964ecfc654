// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.tasks;

import gantry.content.ContentInputStream;
import gantry.content.ContentStore;
import gantry.content.ContentWriter;
import gantry.content.IngestRequest;
import gantry.errors.AlreadyExistsException;
import gantry.errors.GantryException;
import gantry.errors.InternalException;
import gantry.labels.Labels;
import gantry.metadata.Caller;
import gantry.metadata.Metadata;
import gantry.oci.Descriptor;
import gantry.oci.Digest;
import gantry.oci.MediaTypes;
import gantry.oci.tar.LayerApplier;
import gantry.oci.tar.LayerWriter;
import gantry.oci.tar.WhiteoutStyle;
import gantry.plugins.Handle;
import gantry.runtime.Bundle;
import gantry.runtime.CreateTask;
import gantry.typed.TypedValue;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checkpoints on their way between a directory, where the runtime has them, and the content store:
 * one archive of the directory's files, and the specification of the container.
 */
final class Checkpoints {
  private static final Logger LOG = LoggerFactory.getLogger(Checkpoints.class);
  private static final Duration RUNTIME = Duration.ofMinutes(11);

  private final Handle<Metadata> metadata;
  private final Trees trees;

  Checkpoints(Handle<Metadata> metadata, Trees trees) {
    this.metadata = metadata;
    this.trees = trees;
  }

  /**
   * Has the runtime write a checkpoint, and keeps it.
   *
   * @param spec of the container
   * @return archive and specification; none if the options say where the files are to stay
   */
  List<Descriptor> take(
      Caller caller, Task task, @Nullable TypedValue spec, @Nullable TypedValue options) {
    String wanted = TaskOptions.imagePath(task, options);
    if (!wanted.isEmpty()) {
      write(task, Path.of(wanted), options);
      return List.of();
    }
    Path scratch = scratch(task);
    try {
      Path image = Files.createDirectory(scratch.resolve("image"));
      write(task, image, options);
      Path nothing = Files.createDirectory(scratch.resolve("nothing"));
      Descriptor archive =
          store(
              caller,
              MediaTypes.CHECKPOINT,
              out -> LayerWriter.write(new LayerWriter.Trees(nothing, image, null), null, out));
      return List.of(archive, store(caller, MediaTypes.CHECKPOINT_CONFIG, specification(spec)));
    } catch (IOException e) {
      throw new InternalException("checkpoint task %s: keep it: %s".formatted(task.id(), e), e);
    } finally {
      trees.removeQuietly(scratch);
    }
  }

  private static void write(Task task, Path image, @Nullable TypedValue options) {
    task.runtime().within(RUNTIME).run(r -> r.checkpoint(task.name(), image.toString(), options));
  }

  /** Below the task's work directory: it goes with the task if nobody else removes it. */
  private static Path scratch(Task task) {
    try {
      Files.createDirectories(task.bundle().work());
      return Files.createTempDirectory(task.bundle().work(), "checkpoint-");
    } catch (IOException e) {
      throw new InternalException("checkpoint task %s: %s".formatted(task.id(), e), e);
    }
  }

  private static Source specification(@Nullable TypedValue spec) {
    byte[] bytes = spec == null ? new byte[0] : ProtoFields.any(spec);
    return out -> new ByteArrayInputStream(bytes).transferTo(out);
  }

  /** Something that writes a blob. */
  @FunctionalInterface
  private interface Source {
    void writeTo(OutputStream out) throws IOException;
  }

  /** Each step in whichever version of the metadata plugin is there. */
  private <R> R content(Caller caller, Handle.Call<ContentStore, R, IOException> step)
      throws IOException {
    return metadata.<R, IOException>call(m -> step.on(m.in(caller).content()));
  }

  private Descriptor store(Caller caller, String mediaType, Source source) throws IOException {
    String ref = "checkpoint-" + UUID.randomUUID();
    try (ContentWriter writer =
        content(caller, store -> store.writer(new IngestRequest(ref, 0, null)))) {
      Counted out = new Counted(writer);
      source.writeTo(out);
      return Descriptor.of(mediaType, commit(writer), out.size);
    } catch (IOException | RuntimeException e) {
      abort(caller, ref, e);
      throw e;
    }
  }

  private static Digest commit(ContentWriter writer) throws IOException {
    Digest digest = writer.digest();
    try {
      return writer.commit(0, digest, Labels.none());
    } catch (AlreadyExistsException e) {
      // the same bytes: a specification is there from the checkpoint before
      return digest;
    }
  }

  private void abort(Caller caller, String ref, Exception failure) {
    try {
      content(
          caller,
          store -> {
            store.abort(ref);
            return true;
          });
    } catch (IOException | GantryException e) {
      failure.addSuppressed(e);
    }
  }

  /** Counts the bytes of a blob. */
  private static final class Counted extends OutputStream {
    private final ContentWriter writer;
    private long size;

    Counted(ContentWriter writer) {
      this.writer = writer;
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
      writer.write(ByteBuffer.wrap(bytes, from, length));
      size += length;
    }
  }

  /**
   * The directory of the checkpoint that a task is to be restored from, empty for none. Options and
   * annotations may name one; otherwise the checkpoint is unpacked into the work directory of the
   * task, which is removed with it.
   */
  String unpack(Caller caller, CreateTask request, Bundle bundle) {
    String image = TaskOptions.restorePath(request);
    Descriptor checkpoint = request.checkpoint();
    if (image.isEmpty() && checkpoint != null) {
      Path directory = bundle.work().resolve("restore");
      extract(caller, checkpoint, directory, request.containerId());
      image = directory.toString();
    }
    return image;
  }

  private void extract(Caller caller, Descriptor checkpoint, Path directory, String id) {
    try {
      Files.createDirectories(directory);
      try (InputStream tar =
          new ContentInputStream(content(caller, store -> store.reader(checkpoint.digest())))) {
        LayerApplier.apply(
            tar,
            directory,
            new LayerApplier.Options(
                WhiteoutStyle.REMOVE, List.of(), false, what -> LOG.warn("{}: {}", id, what)));
      }
    } catch (IOException e) {
      throw new InternalException(
          "create task %s: unpack checkpoint %s: %s".formatted(id, checkpoint.digest(), e), e);
    }
  }
}
