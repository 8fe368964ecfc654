// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.diff.walking;

import gantry.errors.InvalidArgumentException;
import gantry.oci.MediaTypes;
import gantry.oci.compression.UncompressedStream;
import gantry.typed.TypedValue;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The stream processors there are, and the way from a layer's media type to plain tar through them.
 * They come before what is built in, so that a faster unpacker can be put in its place.
 */
final class StreamProcessors {
  /** So many one after another is a circle. */
  private static final int CHAIN_MAX = 16;

  private final List<StreamProcessor> processors;

  StreamProcessors(List<StreamProcessor> processors) {
    this.processors = List.copyOf(processors);
  }

  /**
   * Reads {@code <id>/accepts}, {@code /returns}, {@code /path}, {@code /args} and {@code /env};
   * what has no such key is passed over.
   */
  static StreamProcessors of(Map<String, Object> properties) {
    List<StreamProcessor> processors = new ArrayList<>();
    for (Map.Entry<String, Object> property : new TreeMap<>(properties).entrySet()) {
      if (property.getKey().endsWith("/path")) {
        String id = property.getKey().substring(0, property.getKey().length() - "/path".length());
        processors.add(
            new StreamProcessor(
                id,
                Set.copyOf(texts(properties.get(id + "/accepts"))),
                String.valueOf(properties.getOrDefault(id + "/returns", "")),
                String.valueOf(property.getValue()),
                texts(properties.get(id + "/args")),
                texts(properties.get(id + "/env"))));
      }
    }
    return new StreamProcessors(processors);
  }

  /**
   * Returns if a way leads from the media type to tar.
   *
   * @throws gantry.errors.UnimplementedException if none does
   */
  void require(String mediaType) {
    boolean _ = LayerTypes.tellsByContent(last(chain(mediaType), mediaType));
  }

  /**
   * Opens a layer as plain tar.
   *
   * @param layer its bytes; closed with the result
   * @param payloads by the id of the processor they are for
   * @throws gantry.errors.UnimplementedException if no way leads from the media type to tar
   */
  UncompressedStream open(InputStream layer, String mediaType, Map<String, TypedValue> payloads)
      throws IOException {
    List<StreamProcessor> chain = chain(mediaType);
    boolean tellsByContent = LayerTypes.tellsByContent(last(chain, mediaType));
    InputStream tar = run(chain, layer, mediaType, payloads);
    return tellsByContent ? UncompressedStream.open(tar) : UncompressedStream.openPlain(tar);
  }

  private List<StreamProcessor> chain(String mediaType) {
    List<StreamProcessor> chain = new ArrayList<>();
    Optional<StreamProcessor> next = processorOf(mediaType);
    while (next.isPresent()) {
      chain.add(next.get());
      if (chain.size() > CHAIN_MAX) {
        throw new InvalidArgumentException(
            "unpack %s: stream processors turn it into %s again and again"
                .formatted(mediaType, next.get().returns()));
      }
      next = processorOf(next.get().returns());
    }
    return chain;
  }

  private static String last(List<StreamProcessor> chain, String mediaType) {
    return chain.isEmpty() ? mediaType : chain.getLast().returns();
  }

  private Optional<StreamProcessor> processorOf(String type) {
    return type.equals(MediaTypes.OCI_LAYER)
        ? Optional.empty()
        : processors.stream().filter(processor -> processor.accepts().contains(type)).findFirst();
  }

  private static InputStream run(
      List<StreamProcessor> chain,
      InputStream layer,
      String mediaType,
      Map<String, TypedValue> payloads)
      throws IOException {
    InputStream stream = layer;
    String type = mediaType;
    try {
      for (StreamProcessor processor : chain) {
        stream = ProcessorStream.start(processor, type, stream, payloads.get(processor.id()));
        type = processor.returns();
      }
      return stream;
    } catch (IOException | RuntimeException e) {
      stream.close();
      throw e;
    }
  }

  private static List<String> texts(@Nullable Object value) {
    return value instanceof String[] texts ? List.of(texts) : List.of();
  }
}
