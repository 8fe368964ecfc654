// SPDX-License-Identifier: Apache-2.0
package gantry.plugins;

import java.time.Duration;

/**
 * How a consumer reaches another plugin. The kernel makes one for each pair of contract and plugin
 * and publishes it as a service with the properties {@code contract} (name of the interface),
 * {@code plugin} (URI) and all other properties of the provider. A handle outlives the provider:
 * during a swap calls wait for the new version, and calls in flight end on the old one before it
 * stops. It is withdrawn when the plugin is gone for good.
 *
 * <p>A component declares one so:
 *
 * <pre>{@code
 * @Activate
 * Foo(@Reference(target = "(contract=gantry.metadata.Metadata)") Handle<Metadata> metadata)
 * }</pre>
 *
 * and never keeps what the calls return beyond the call or lease. Safe for concurrent use.
 */
public interface Handle<T> {
  /** Service property: the name of the contract's interface. */
  String CONTRACT = "contract";

  /** Service property: the plugin's URI. */
  String PLUGIN = "plugin";

  /** The URI of the plugin behind this handle. */
  String plugin();

  /**
   * Calls the current provider.
   *
   * @throws gantry.errors.UnavailableException if there is none in time; the message says which
   *     plugin is missing and why. Also if the plugin hangs: too many calls are in it, or those
   *     before did not end
   * @throws gantry.errors.DeadlineExceededException if the call was interrupted for its deadline
   * @throws E whatever the call throws
   */
  <R, E extends Exception> R call(Call<? super T, ? extends R, E> call) throws E;

  /**
   * The same plugin with another deadline for each call: for what takes as long as there are bytes.
   * A call that outlasts its deadline is interrupted, and counts as a sign that the plugin hangs;
   * where enough of them do, calls are refused at once until one is answered again.
   *
   * @param deadline more than zero; without this, {@code io.gantry.timeout.call}
   */
  Handle<T> within(Duration deadline);

  /** As {@link #call}, for a call without a result. */
  <E extends Exception> void run(Action<? super T, E> action) throws E;

  /**
   * The current provider, for an operation that may outlast it: a stream, a wait. A lease keeps no
   * swap waiting. Once its version has been replaced it goes on as far as it needs nothing that
   * version has closed; when it fails, take a new lease and go on there, as a wait can, or do each
   * step by {@link #call} in whichever version is there, as an upload can.
   *
   * @throws gantry.errors.UnavailableException if there is none in time
   */
  Lease<T> lease();

  /** A call with a result. */
  @FunctionalInterface
  interface Call<T, R, E extends Exception> {
    /** Does it. */
    R on(T provider) throws E;
  }

  /** A call without a result. */
  @FunctionalInterface
  interface Action<T, E extends Exception> {
    /** Does it. */
    void on(T provider) throws E;
  }

  /** One version of a plugin, which need not be the current one any more. */
  interface Lease<T> extends AutoCloseable {
    /** The provider, the same one until this is closed, also if it has been replaced. */
    T get();

    /** Lets go. Idempotent. */
    @Override
    void close();
  }
}
