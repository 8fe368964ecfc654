// SPDX-License-Identifier: Apache-2.0
package gantry.content;

import gantry.filters.FieldPaths;
import gantry.filters.Filter;
import gantry.oci.Digest;
import gantry.plugins.Contract;
import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;

/**
 * Blobs and ingests. The same interface is offered raw, by the plugin that keeps the bytes, and
 * namespaced, by {@code Metadata}; only the metadata plugin may use the raw one. Safe for
 * concurrent use.
 *
 * <p>A raw store keeps no labels: it ignores those of a commit and refuses {@link #update}.
 */
@Contract
public interface ContentStore {
  /**
   * What is known of a blob.
   *
   * @throws gantry.errors.NotFoundException if it does not exist
   */
  BlobInfo info(Digest digest) throws IOException;

  /**
   * Changes labels.
   *
   * @param info names the blob and carries the new labels
   * @param paths {@code labels} or {@code labels.<key>}; none means all labels
   * @return the blob as it is then
   * @throws gantry.errors.NotFoundException if it does not exist
   * @throws gantry.errors.InvalidArgumentException for other paths
   */
  BlobInfo update(BlobInfo info, FieldPaths paths) throws IOException;

  /** Shows every blob the filter matches, in no particular order. */
  void walk(Filter filter, Consumer<BlobInfo> sink) throws IOException;

  /**
   * Deletes a blob, or where it is namespaced the namespace's claim on it.
   *
   * @throws gantry.errors.NotFoundException if it does not exist
   */
  void delete(Digest digest) throws IOException;

  /**
   * Opens a blob.
   *
   * @throws gantry.errors.NotFoundException if it does not exist
   */
  ContentReader reader(Digest digest) throws IOException;

  /**
   * How far an ingest has come.
   *
   * @throws gantry.errors.NotFoundException if there is none of this ref
   */
  IngestStatus status(String ref) throws IOException;

  /** All ingests the filter matches. */
  List<IngestStatus> statuses(Filter filter) throws IOException;

  /**
   * Drops an ingest and its bytes.
   *
   * @throws gantry.errors.NotFoundException if there is none of this ref
   */
  void abort(String ref) throws IOException;

  /**
   * Opens a new ingest, or resumes one: its status then shows an offset above 0. One whose total is
   * known and another than the one asked for begins anew.
   *
   * @throws gantry.errors.UnavailableException if another writer has the ref open
   * @throws gantry.errors.AlreadyExistsException if the expected blob exists
   */
  ContentWriter writer(IngestRequest request) throws IOException;
}
