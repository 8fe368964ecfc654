// SPDX-License-Identifier: Apache-2.0
@NullMarked
package gantry.plugins.image.verifier;

import org.jspecify.annotations.NullMarked;
