// SPDX-License-Identifier: Apache-2.0
package gantry.cli.command;

/** Something a listing found, and where. */
public record Found<T>(String namespace, T item) {}
