// SPDX-License-Identifier: Apache-2.0
package gantry.images;

import gantry.filters.FieldPaths;
import gantry.filters.Filter;
import gantry.oci.Digest;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The images of one namespace. Safe for concurrent use. */
public interface Images {
  /**
   * Looks one up.
   *
   * @throws gantry.errors.NotFoundException if there is none of this name
   */
  Image get(String name);

  /** All images the filter matches, by name. */
  List<Image> list(Filter filter);

  /**
   * Makes an image; its times are set here.
   *
   * @param sourceDateEpoch replaces the current time, or null
   * @throws gantry.errors.InvalidArgumentException if name or target are not complete
   * @throws gantry.errors.AlreadyExistsException if the name is in use
   */
  Image create(Image image, @Nullable Instant sourceDateEpoch);

  /**
   * Changes an image.
   *
   * @param paths {@code target}, {@code labels}, {@code labels.<key>}, {@code annotations}, {@code
   *     annotations.<key>}; none replaces all
   * @throws gantry.errors.NotFoundException if there is none of this name
   */
  Image update(Image image, FieldPaths paths, @Nullable Instant sourceDateEpoch);

  /**
   * Deletes an image; its content goes with the next collection.
   *
   * @param target delete only if it still points there, or null
   * @throws gantry.errors.NotFoundException if there is none of this name and target
   */
  void delete(String name, @Nullable Digest target);
}
