// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.grpc;

import gantry.content.ContentStore;
import gantry.content.ContentWriter;
import gantry.content.IngestRequest;
import gantry.metadata.Caller;
import gantry.metadata.Metadata;
import gantry.plugins.Handle;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * An ingest that stays open while the metadata plugin is replaced: the next version resumes it. Not
 * for concurrent use.
 */
final class OpenIngest implements AutoCloseable {
  /** To resume or commit means to read all the bytes there are. */
  private static final Duration STEP = Duration.ofMinutes(30);

  private final Handle<Metadata> metadata;
  private final Caller caller;
  private final IngestRequest request;
  private @Nullable Metadata version;
  private @Nullable ContentWriter writer;

  OpenIngest(Handle<Metadata> metadata, Caller caller, IngestRequest request) {
    this.metadata = metadata.within(STEP);
    this.caller = caller;
    this.request = request;
  }

  /** Something that is done with an open ingest. */
  @FunctionalInterface
  interface Step<R> {
    R with(ContentStore content, ContentWriter writer) throws IOException;
  }

  /** Does a step as one call: no version leaves in the middle of it. */
  <R> R step(Step<R> step) throws IOException {
    return metadata.call(
        now -> {
          ContentStore content = now.in(caller).content();
          return step.with(content, writer(now, content));
        });
  }

  @SuppressWarnings("ReferenceEquality") // it is the very object that must be the same
  private ContentWriter writer(Metadata now, ContentStore content) throws IOException {
    ContentWriter open = writer;
    if (open != null && now == version) {
      return open;
    }
    close();
    ContentWriter opened = content.writer(request);
    writer = opened;
    version = now;
    return opened;
  }

  /** Leaves the ingest to be resumed, unless it was committed or aborted. */
  @Override
  public void close() throws IOException {
    ContentWriter open = writer;
    writer = null;
    if (open != null) {
      open.close();
    }
  }
}
