// SPDX-License-Identifier: Apache-2.0
package gantry.runtime;

/**
 * A process in a task.
 *
 * @param execId the exec it belongs to, empty if that is not known
 */
public record ProcessDetails(int pid, String execId) {}
