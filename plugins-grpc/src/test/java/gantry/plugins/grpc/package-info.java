// SPDX-License-Identifier: Apache-2.0
@NullMarked
package gantry.plugins.grpc;

import org.jspecify.annotations.NullMarked;
