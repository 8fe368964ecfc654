// SPDX-License-Identifier: Apache-2.0
package gantry.wire;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import containerd.types.transfer.HTTPDebug;
import containerd.types.transfer.ImageExportStream;
import containerd.types.transfer.ImageImportStream;
import containerd.types.transfer.ImageReference;
import containerd.types.transfer.ImageStore;
import containerd.types.transfer.OCIRegistry;
import containerd.types.transfer.RegistryResolver;
import containerd.types.transfer.UnpackConfiguration;
import gantry.errors.InvalidArgumentException;
import gantry.errors.UnimplementedException;
import gantry.labels.Labels;
import gantry.oci.Platform;
import gantry.transfer.CredentialSource;
import gantry.transfer.ExportArchive;
import gantry.transfer.ImportArchive;
import gantry.transfer.RegistryAccess;
import gantry.transfer.RegistryImage;
import gantry.transfer.StoredImage;
import gantry.transfer.TransferEnd;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The ends of a transfer. What flows, flows in streams that the messages name. */
public final class TransferWire {
  private TransferWire() {}

  /** What a client's streams are to the daemon, by their ids. */
  public interface ClientStreams {
    /** Bytes from the client. */
    InputStream reader(String id);

    /** Bytes to the client. */
    OutputStream writer(String id);

    /** Questions to the client. */
    CredentialSource credentials(String id);

    /** Where the log of HTTP goes; the id is empty if the client wants no stream of it. */
    OutputStream httpLog(String id);
  }

  /**
   * Decodes a source or destination.
   *
   * @throws InvalidArgumentException if it is not well formed
   * @throws UnimplementedException if nothing of its type takes part in transfers
   * @throws gantry.errors.NotFoundException if a stream is named that is not open
   */
  public static TransferEnd decode(Any end, ClientStreams streams) {
    String type = AnyWire.typeName(end.getTypeUrl());
    try {
      return switch (type) {
        case "containerd.types.transfer.OCIRegistry" ->
            decode(OCIRegistry.parseFrom(end.getValue()), streams);
        case "containerd.types.transfer.ImageStore" -> decode(ImageStore.parseFrom(end.getValue()));
        case "containerd.types.transfer.ImageImportStream" ->
            decode(ImageImportStream.parseFrom(end.getValue()), streams);
        case "containerd.types.transfer.ImageExportStream" ->
            decode(ImageExportStream.parseFrom(end.getValue()), streams);
        default ->
            throw new UnimplementedException(
                "transfer: \"%s\" is neither source nor destination".formatted(type));
      };
    } catch (InvalidProtocolBufferException e) {
      throw new InvalidArgumentException("transfer: malformed %s".formatted(type), e);
    }
  }

  private static RegistryImage decode(OCIRegistry registry, ClientStreams streams) {
    RegistryResolver resolver = registry.getResolver();
    Map<String, List<String>> headers = new LinkedHashMap<>();
    resolver.getHeadersMap().forEach((name, value) -> headers.put(name, List.of(value)));
    RegistryAccess.HttpDebug debug = debug(resolver.getHttpDebug());
    boolean logs = debug != RegistryAccess.HttpDebug.NONE;
    String auth = resolver.getAuthStream();
    return new RegistryImage(
        registry.getReference(),
        new RegistryAccess(
            headers,
            resolver.getHostDir(),
            resolver.getDefaultScheme(),
            debug,
            logs ? streams.httpLog(resolver.getLogsStream()) : null,
            auth.isEmpty() ? CredentialSource.NONE : streams.credentials(auth)));
  }

  private static StoredImage decode(ImageStore store) {
    return new StoredImage(
        store.getName(),
        Labels.of(store.getLabelsMap()),
        platforms(store.getPlatformsList()),
        store.getAllMetadata(),
        // unsigned on the wire
        store.getManifestLimit() < 0 ? Integer.MAX_VALUE : store.getManifestLimit(),
        store.getExtraReferencesList().stream()
            .map(
                reference ->
                    new StoredImage.ExtraReference(
                        reference.getName(),
                        reference.getIsPrefix(),
                        reference.getAllowOverwrite(),
                        reference.getAddDigest(),
                        reference.getSkipNamedDigest()))
            .toList(),
        store.getUnpacksList().stream()
            .map(
                unpack ->
                    new StoredImage.UnpackTarget(
                        PlatformWire.decode(unpack.getPlatform()), unpack.getSnapshotter()))
            .toList());
  }

  private static ImportArchive decode(ImageImportStream archive, ClientStreams streams) {
    return new ImportArchive(
        streams.reader(archive.getStream()), archive.getMediaType(), archive.getForceCompress());
  }

  private static ExportArchive decode(ImageExportStream archive, ClientStreams streams) {
    return new ExportArchive(
        streams.writer(archive.getStream()),
        archive.getMediaType(),
        platforms(archive.getPlatformsList()),
        archive.getAllPlatforms(),
        archive.getSkipCompatibilityManifest(),
        archive.getSkipNonDistributable());
  }

  private static List<Platform> platforms(List<containerd.types.Platform> platforms) {
    return platforms.stream().map(PlatformWire::decode).toList();
  }

  private static RegistryAccess.HttpDebug debug(HTTPDebug debug) {
    return switch (debug) {
      case DEBUG -> RegistryAccess.HttpDebug.DEBUG;
      case TRACE -> RegistryAccess.HttpDebug.TRACE;
      case BOTH -> RegistryAccess.HttpDebug.BOTH;
      case DISABLED, UNRECOGNIZED -> RegistryAccess.HttpDebug.NONE;
    };
  }

  private static HTTPDebug debug(RegistryAccess.HttpDebug debug) {
    return switch (debug) {
      case NONE -> HTTPDebug.DISABLED;
      case DEBUG -> HTTPDebug.DEBUG;
      case TRACE -> HTTPDebug.TRACE;
      case BOTH -> HTTPDebug.BOTH;
    };
  }

  /**
   * Encodes an image in a registry. Of several values of a header the first is sent.
   *
   * @param authStream id of a stream that answers questions for credentials; empty for none
   * @param logsStream id of a stream that takes the log of HTTP; empty for none
   */
  public static Any encode(RegistryImage image, String authStream, String logsStream) {
    RegistryAccess access = image.access();
    RegistryResolver.Builder resolver =
        RegistryResolver.newBuilder()
            .setAuthStream(authStream)
            .setLogsStream(logsStream)
            .setHostDir(access.hostsDirectory())
            .setDefaultScheme(access.defaultScheme())
            .setHttpDebug(debug(access.debug()));
    access
        .headers()
        .forEach(
            (name, values) -> {
              if (!values.isEmpty()) {
                resolver.putHeaders(name, values.getFirst());
              }
            });
    return AnyWire.pack(
        OCIRegistry.newBuilder().setReference(image.reference()).setResolver(resolver).build());
  }

  /** Encodes an image in the store. */
  public static Any encode(StoredImage image) {
    ImageStore.Builder store =
        ImageStore.newBuilder()
            .setName(image.name())
            .putAllLabels(image.labels().map())
            .setAllMetadata(image.allMetadata())
            .setManifestLimit(image.manifestLimit());
    image.platforms().forEach(platform -> store.addPlatforms(PlatformWire.encode(platform)));
    image
        .extraReferences()
        .forEach(
            reference ->
                store.addExtraReferences(
                    ImageReference.newBuilder()
                        .setName(reference.name())
                        .setIsPrefix(reference.isPrefix())
                        .setAllowOverwrite(reference.allowOverwrite())
                        .setAddDigest(reference.addDigest())
                        .setSkipNamedDigest(reference.skipNamedDigest())));
    image
        .unpacks()
        .forEach(
            unpack ->
                store.addUnpacks(
                    UnpackConfiguration.newBuilder()
                        .setPlatform(PlatformWire.encode(unpack.platform()))
                        .setSnapshotter(unpack.snapshotter())));
    return AnyWire.pack(store.build());
  }

  /** Encodes an archive that arrives on the stream of this id. */
  public static Any encode(ImportArchive archive, String stream) {
    return AnyWire.pack(
        ImageImportStream.newBuilder()
            .setStream(stream)
            .setMediaType(archive.mediaType())
            .setForceCompress(archive.forceCompress())
            .build());
  }

  /** Encodes an archive that leaves on the stream of this id. */
  public static Any encode(ExportArchive archive, String stream) {
    ImageExportStream.Builder wire =
        ImageExportStream.newBuilder()
            .setStream(stream)
            .setMediaType(archive.mediaType())
            .setAllPlatforms(archive.allPlatforms())
            .setSkipCompatibilityManifest(archive.skipCompatibilityManifest())
            .setSkipNonDistributable(archive.skipNonDistributable());
    archive.platforms().forEach(platform -> wire.addPlatforms(PlatformWire.encode(platform)));
    return AnyWire.pack(wire.build());
  }
}
