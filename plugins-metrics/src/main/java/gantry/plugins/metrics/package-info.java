// SPDX-License-Identifier: Apache-2.0
/**
 * Numbers of the daemon and its tasks, over HTTP as Prometheus reads them.
 *
 * <pre>
 *  GET /v1/metrics ──► MetricsServer ──► Scrape ──► TaskNumbers     what tasks consume
 *      (if MetricsAddress has one)          │       ProcessNumbers  the daemon as a process
 *                                           │       HandleNumbers   calls between plugins
 *                                           │       MetricSource    other plugins, GrpcPrometheus
 *                                           ▼
 *                                       Exposition ──► text
 * </pre>
 */
@NullMarked
package gantry.plugins.metrics;

import org.jspecify.annotations.NullMarked;
