// SPDX-License-Identifier: Apache-2.0
/** One sentence: what it offers. The drawing of its directory goes here. */
@NullMarked
package @package@;

import org.jspecify.annotations.NullMarked;
