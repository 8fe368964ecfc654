// SPDX-License-Identifier: Apache-2.0
@NullMarked
package gantry.plugins.doctor;

import org.jspecify.annotations.NullMarked;
