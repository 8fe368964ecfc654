// SPDX-License-Identifier: Apache-2.0
package gantry.transfer;

/** Where an image comes from or goes to. */
public sealed interface TransferEnd
    permits RegistryImage, StoredImage, ImportArchive, ExportArchive {}
