// SPDX-License-Identifier: Apache-2.0
/** Commands about namespaces and leases. */
@NullMarked
package gantry.cli.namespace;

import org.jspecify.annotations.NullMarked;
