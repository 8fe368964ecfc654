// SPDX-License-Identifier: Apache-2.0
package gantry.transfer;

/**
 * An image in a registry.
 *
 * @param reference {@code host/repository[:tag][@digest]}
 */
public record RegistryImage(String reference, RegistryAccess access) implements TransferEnd {}
