// SPDX-License-Identifier: Apache-2.0
/**
 * The sockets on which clients and shims reach the daemon.
 *
 * <pre>
 *  clients ──► GrpcServer ──► ServiceRegistry ──► ServiceGate ──► Provider ──► a gRPC service bundle
 *  shims   ──► TtrpcEvents ──► EventBus
 *                  both use SocketFile; Absence says why a service is not there
 * </pre>
 */
@NullMarked
package gantry.plugins.server;

import org.jspecify.annotations.NullMarked;
