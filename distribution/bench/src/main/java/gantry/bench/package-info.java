// SPDX-License-Identifier: Apache-2.0
/**
 * Measures an installed Gantry beside a containerd, by turns, through one client and one API.
 *
 * <pre>
 * Main ─ Bench ─┬─ Row …        one subject each; asks the Stage for daemons, tells the Report
 *               ├─ Stage        starts a Pair of Sides; cleans all up
 *               │    Side = Daemon (process, Group of processor time) + GantryClient + Workload
 *               └─ Report       Figures → Table, ReportFile, Picture
 * </pre>
 */
@NullMarked
package gantry.bench;

import org.jspecify.annotations.NullMarked;
