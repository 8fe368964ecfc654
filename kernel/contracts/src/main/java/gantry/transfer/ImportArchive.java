// SPDX-License-Identifier: Apache-2.0
package gantry.transfer;

import java.io.InputStream;

/**
 * An archive to read: OCI layout or that of docker save, in one tar stream.
 *
 * @param stream read to its end and closed by the transfer
 * @param mediaType of the archive; empty lets the content decide
 * @param forceCompress compress layers that are not
 */
public record ImportArchive(InputStream stream, String mediaType, boolean forceCompress)
    implements TransferEnd {}
