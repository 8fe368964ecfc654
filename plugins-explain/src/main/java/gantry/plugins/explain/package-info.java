// SPDX-License-Identifier: Apache-2.0
/**
 * The plugins, explained to people.
 *
 * <pre>
 * Guide                the plugin
 * ├── why/               one plugin in words
 * │   ├── Explanation      the text
 * │   ├── Chain            from it to where the trouble is
 * │   ├── Reason           what is wrong with one link of it, and what helps
 * │   ├── Failure          what an exception says
 * │   ├── Names            which plugin is meant, which are near
 * │   └── Words            durations and enumerations
 * └── graph/             all of them
 *     ├── Graph            who asks whom for what
 *     ├── TreeText         for a terminal
 *     ├── DotText          for Graphviz
 *     └── Picture          for a wall, in SVG
 *         ├── Layout         where each box and each line is
 *         │   ├── Layers       columns and the order in them
 *         │   └── Isotonic     heights in a given order, as near to wishes as can be
 *         ├── NodeBox        one plugin
 *         ├── Legend         what colours and frames mean
 *         ├── Palette        a colour for each family of plugins
 *         └── Svg            elements, escaped
 * </pre>
 */
@NullMarked
package gantry.plugins.explain;

import org.jspecify.annotations.NullMarked;
