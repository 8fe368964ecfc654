// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.diff.walking;

import gantry.content.ContentReader;
import gantry.content.ContentStore;
import gantry.content.ContentWriter;
import gantry.content.IngestRequest;
import gantry.metadata.Caller;
import gantry.metadata.Metadata;
import gantry.oci.Digest;
import gantry.plugins.Handle;
import java.io.IOException;

/**
 * The blobs a caller sees, each step in whichever version of the metadata plugin is there: layers
 * take longer than a version may have left.
 */
record Contents(Handle<Metadata> metadata, Caller caller) {
  /** Does a step. */
  <R> R call(Handle.Call<ContentStore, R, IOException> step) throws IOException {
    return metadata.<R, IOException>call(plugin -> step.on(plugin.in(caller).content()));
  }

  /** A reader outlives the version that opened it. */
  ContentReader reader(Digest digest) throws IOException {
    return call(content -> content.reader(digest));
  }

  /** A writer outlives the version that opened it, and commits. */
  ContentWriter writer(String ref) throws IOException {
    return call(content -> content.writer(new IngestRequest(ref, 0, null)));
  }
}
