// SPDX-License-Identifier: Apache-2.0
/** Making containers: the OCI specification from options and image, the record, the first task. */
@NullMarked
package gantry.cli.run;

import org.jspecify.annotations.NullMarked;
