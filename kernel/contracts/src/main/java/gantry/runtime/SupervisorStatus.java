// SPDX-License-Identifier: Apache-2.0
package gantry.runtime;

import java.time.Instant;

/**
 * How the process is that holds the containers.
 *
 * @param since when this version began in this process
 * @param upgrades how often it was upgraded in place
 * @param residentBytes of memory; 0 if the host does not say
 * @param proportionalBytes its share of what it has in common with others counted in part; 0 if the
 *     host does not say
 * @param cgroup in the hierarchy where it is deepest
 * @param oomScore {@code oom_score_adj}, -1000 to 1000
 * @param lostTerminals of tasks taken up from one that died, those whose terminal nobody had kept
 * @param failure why the last upgrade did not come about; empty if it did or none was tried
 */
public record SupervisorStatus(
    int pid,
    String version,
    Instant since,
    int upgrades,
    int tasks,
    long residentBytes,
    long proportionalBytes,
    String cgroup,
    int oomScore,
    int lostTerminals,
    String failure) {}
