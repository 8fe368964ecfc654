// SPDX-License-Identifier: Apache-2.0
/**
 * The gRPC services, one adapter each: decode, call one contract, encode.
 *
 * <pre>
 *  server ──► …Service ──► Handle&lt;contract&gt;          one class for each service, one method for each RPC
 *                │
 *             Replies ──► Exchange                   threads, back-pressure, cancellation, errors
 *                │
 *           CallHeaders                              namespace and lease of the caller
 * </pre>
 */
@NullMarked
package gantry.plugins.grpc;

import org.jspecify.annotations.NullMarked;
