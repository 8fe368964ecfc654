// SPDX-License-Identifier: Apache-2.0
package gantry.plugins;

/**
 * Published, with the property {@link Handle#PLUGIN}, by a component whose work comes to it from
 * outside rather than through a {@link Handle}: from a socket, say. Only one version of a plugin
 * takes such work at a time. When it is activated such a component makes everything ready and takes
 * nothing. The kernel then tells it when it may: at once if no other version serves, else when
 * calls move to it.
 *
 * <p>The methods are called one after another, with no lock held; {@link #takeOver} may follow
 * {@link #giveWay} if a change was undone.
 */
public interface Takeover {
  /** New work is this version's from now on. Returns within a second. */
  void takeOver();

  /**
   * Another version takes new work, or none: this one is about to be deactivated. Takes no more and
   * waits until what it has begun is over, but for what it can go on with after it was deactivated.
   * Returns within ten seconds, and at once if it had not taken over.
   */
  void giveWay();
}
