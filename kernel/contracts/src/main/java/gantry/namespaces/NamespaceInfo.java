// SPDX-License-Identifier: Apache-2.0
package gantry.namespaces;

import gantry.labels.Labels;

/** A namespace and its labels. */
public record NamespaceInfo(String name, Labels labels) {}
