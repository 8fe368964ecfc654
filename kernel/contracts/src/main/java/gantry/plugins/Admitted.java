// SPDX-License-Identifier: Apache-2.0
package gantry.plugins;

/**
 * A version of a plugin that may serve, for the one kind of consumer that keeps its own account of
 * calls: a server, whose calls are streams. The kernel publishes one for each {@code
 * io.grpc.BindableService} that has the property {@link Handle#PLUGIN}, with the properties of that
 * service and {@link Handle#CONTRACT}: when its version may serve, not before. It withdraws it when
 * another has taken over or it goes; the consumer's unbind may wait there until its calls are out.
 */
public interface Admitted<T> {
  /** The provider, always the same. */
  T provider();
}
