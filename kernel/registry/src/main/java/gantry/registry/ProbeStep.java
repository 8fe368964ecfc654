// SPDX-License-Identifier: Apache-2.0
package gantry.registry;

/**
 * One thing that was tried on the way to an image.
 *
 * @param endpoint scheme and host
 * @param request method and address
 * @param status of HTTP, 0 if there was no answer
 * @param authentication how the request was authorized, for example {@code Bearer}; empty if not
 * @param tls protocol, cipher and certificate; empty without TLS
 * @param outcome what came of it, in words
 */
public record ProbeStep(
    String endpoint,
    String request,
    int status,
    String authentication,
    String tls,
    String outcome) {
  /** Whether the host did what was asked. */
  public boolean good() {
    return status >= 200 && status < 300;
  }
}
