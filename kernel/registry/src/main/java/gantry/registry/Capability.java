// SPDX-License-Identifier: Apache-2.0
package gantry.registry;

/** What a host may be asked for, {@code capabilities} of {@code hosts.toml}. */
enum Capability {
  /** Content by digest. */
  PULL,
  /** What a tag points to; only for hosts that are trusted with it. */
  RESOLVE,
  /** To take content. */
  PUSH,
  /** What refers to a manifest. */
  REFERRERS
}
