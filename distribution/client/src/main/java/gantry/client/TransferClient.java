// SPDX-License-Identifier: Apache-2.0
package gantry.client;

import containerd.services.transfer.v1.TransferGrpc;
import containerd.services.transfer.v1.TransferOptions;
import containerd.services.transfer.v1.TransferRequest;
import gantry.transfer.ExportArchive;
import gantry.transfer.ImportArchive;
import gantry.transfer.ProgressListener;
import gantry.transfer.RegistryImage;
import gantry.transfer.StoredImage;
import gantry.transfer.TransferEnd;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Moves images, in the daemon: it talks to the registries, and keeps what it takes. Callbacks
 * (progress, credentials) and the streams of archives are used from threads of their own while a
 * method runs, never after it has returned. Interrupting the calling thread ends the transfer; the
 * daemon then keeps what can be resumed.
 *
 * <p>Every method throws {@link gantry.errors.UnimplementedException} if the daemon moves nothing
 * from such a source to such a destination, as old ones do.
 */
public final class TransferClient {
  private final Wire wire;

  TransferClient(Wire wire) {
    this.wire = wire;
  }

  /**
   * Takes an image from a registry.
   *
   * @throws gantry.errors.NotFoundException if the registry has no such image
   * @throws gantry.errors.UnauthenticatedException if credentials are missing or refused
   */
  public void pull(RegistryImage source, StoredImage destination, ProgressListener progress)
      throws IOException {
    transfer(source, destination, progress);
  }

  /**
   * Gives an image to a registry.
   *
   * @throws gantry.errors.NotFoundException if there is no such image
   * @throws gantry.errors.UnauthenticatedException if credentials are missing or refused
   */
  public void push(StoredImage source, RegistryImage destination, ProgressListener progress)
      throws IOException {
    transfer(source, destination, progress);
  }

  /**
   * Reads an archive.
   *
   * @throws IOException if the archive's stream fails; nothing is imported then
   */
  public void importArchive(
      ImportArchive source, StoredImage destination, ProgressListener progress) throws IOException {
    transfer(source, destination, progress);
  }

  /**
   * Writes an archive.
   *
   * @throws IOException if the archive's stream fails; what was written is incomplete then
   * @throws gantry.errors.NotFoundException if there is no such image
   */
  public void exportArchive(
      StoredImage source, ExportArchive destination, ProgressListener progress) throws IOException {
    transfer(source, destination, progress);
  }

  /**
   * Gives an image a further name.
   *
   * @throws gantry.errors.NotFoundException if there is no such image
   * @throws gantry.errors.AlreadyExistsException if the name is in use and must not be taken over
   */
  public void tag(StoredImage source, StoredImage destination) throws IOException {
    transfer(source, destination, null);
  }

  private void transfer(
      TransferEnd source, TransferEnd destination, @Nullable ProgressListener progress)
      throws IOException {
    try (TransferCall call = new TransferCall(wire)) {
      TransferOptions.Builder options = TransferOptions.newBuilder();
      if (progress != null) {
        options.setProgressStream(call.listen(progress));
      }
      TransferRequest request =
          TransferRequest.newBuilder()
              .setSource(call.encode(source))
              .setDestination(call.encode(destination))
              .setOptions(options)
              .build();
      call.during(() -> wire.callPatiently(TransferGrpc.getTransferMethod(), request));
    }
  }
}
