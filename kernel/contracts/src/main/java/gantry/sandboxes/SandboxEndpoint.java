// SPDX-License-Identifier: Apache-2.0
package gantry.sandboxes;

/**
 * Where a sandbox serves the task API of its containers.
 *
 * @param address protocol and address, for example {@code ttrpc+unix:///run/containerd/s/1}; may be
 *     empty
 * @param version of the API, 0 if there is no address
 */
public record SandboxEndpoint(String address, int version) {
  /** There is none. */
  public static final SandboxEndpoint NONE = new SandboxEndpoint("", 0);
}
