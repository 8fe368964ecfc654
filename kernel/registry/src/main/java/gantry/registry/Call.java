// SPDX-License-Identifier: Apache-2.0
package gantry.registry;

import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A request to be made.
 *
 * @param headers without authorization
 * @param upload what to send, or null
 * @param bulk whether the answer is long, so that it deserves a connection of its own
 */
record Call(
    String method,
    URI uri,
    Map<String, List<String>> headers,
    @Nullable BlobBody upload,
    Repository.ByteListener sent,
    boolean bulk) {

  Call {
    headers = Map.copyOf(headers);
  }

  static Call of(String method, URI uri) {
    return new Call(method, uri, Map.of(), null, bytes -> {}, false);
  }

  Call header(String name, String value) {
    Map<String, List<String>> more = new LinkedHashMap<>(headers);
    more.put(name, List.of(value));
    return new Call(method, uri, more, upload, sent, bulk);
  }

  Call method(String other) {
    return new Call(other, uri, headers, upload, sent, bulk);
  }

  Call uri(URI other) {
    return new Call(method, other, headers, upload, sent, bulk);
  }

  Call upload(BlobBody body, Repository.ByteListener listener) {
    return new Call(method, uri, headers, body, listener, bulk);
  }

  Call inBulk(boolean isBulk) {
    return new Call(method, uri, headers, upload, sent, isBulk);
  }

  /** As a redirect of an old kind turns it. */
  Call asGet() {
    return new Call("GET", uri, headers, null, sent, bulk);
  }
}
