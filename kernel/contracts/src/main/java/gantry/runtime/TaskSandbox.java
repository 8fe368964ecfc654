// SPDX-License-Identifier: Apache-2.0
package gantry.runtime;

/**
 * The sandbox a task belongs to.
 *
 * @param id empty in what a client asks for, because the container's record has it
 * @param address where the task API of the sandbox is served, for example {@code
 *     ttrpc+unix:///run/containerd/s/1}; empty if the sandbox's controller knows
 * @param version of that API, 0 without an address
 */
public record TaskSandbox(String id, String address, int version) {}
