// SPDX-License-Identifier: Apache-2.0
package gantry.testkit.registry;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Something that goes wrong. It strikes requests whose method matches and whose path with query
 * contains a text, after {@code skip} of those went well, for {@code times} of them.
 *
 * @param method upper case, or empty for any
 * @param pathPart empty for any
 * @param times how often, at most
 * @param status for {@link Kind#STATUS}
 * @param bytes of the body that come before it strikes
 * @param pause between the bytes of a {@link Kind#TRICKLE}
 * @param headers added to the answer; an empty value takes a header away
 * @param body for {@link Kind#STATUS}
 */
public record Fault(
    Kind kind,
    String method,
    String pathPart,
    int skip,
    int times,
    int status,
    long bytes,
    Duration pause,
    Map<String, String> headers,
    String body) {

  /** Copies the headers. */
  public Fault {
    headers = Map.copyOf(headers);
  }

  /** What happens. */
  public enum Kind {
    /** An answer of another status. */
    STATUS,
    /** No answer at all, on an open connection. */
    HANG,
    /** The connection ends without an answer. */
    DROP,
    /** The body stops coming, on an open connection. */
    STALL,
    /** The body comes byte by byte. */
    TRICKLE,
    /** The connection ends within the body. */
    CUT,
    /** A bit of the body is wrong. */
    CORRUPT,
    /** The announced length is {@code bytes}, and so long is the body. */
    LENGTH,
    /** {@code Range} is ignored. */
    NO_RANGES,
    /** All is well but for the headers. */
    HEADERS
  }

  /** Answers with this status. */
  public static Fault status(int status) {
    return of(Kind.STATUS, 0).answering(status);
  }

  /** Sends the client elsewhere. */
  public static Fault redirect(String location) {
    return status(307).header("Location", location);
  }

  /** Never answers. */
  public static Fault hang() {
    return of(Kind.HANG, 0);
  }

  /** Ends the connection without an answer. */
  public static Fault drop() {
    return of(Kind.DROP, 0);
  }

  /** Stops sending after so many bytes of the body. */
  public static Fault stallAfter(long bytes) {
    return of(Kind.STALL, bytes);
  }

  /** Ends the connection after so many bytes of the body. */
  public static Fault cutAfter(long bytes) {
    return of(Kind.CUT, bytes);
  }

  /** Sends the body after so many bytes one by one. */
  public static Fault trickle(long bytes, Duration pause) {
    Fault f = of(Kind.TRICKLE, bytes);
    return new Fault(
        f.kind, f.method, f.pathPart, f.skip, f.times, f.status, bytes, pause, f.headers, f.body);
  }

  /** Turns a bit of the body. */
  public static Fault corrupt() {
    return of(Kind.CORRUPT, 0);
  }

  /** Announces and sends a body of another length. */
  public static Fault length(long bytes) {
    return of(Kind.LENGTH, bytes);
  }

  /** Knows no ranges. */
  public static Fault noRanges() {
    return of(Kind.NO_RANGES, 0);
  }

  /** Adds to, or with an empty value takes from the headers of a good answer. */
  public static Fault headers(String name, String value) {
    return of(Kind.HEADERS, 0).header(name, value);
  }

  /** The same for these requests only. */
  public Fault on(String onMethod, String onPathPart) {
    return new Fault(kind, onMethod, onPathPart, skip, times, status, bytes, pause, headers, body);
  }

  /** The same, so often at most. */
  public Fault times(int atMost) {
    return new Fault(kind, method, pathPart, skip, atMost, status, bytes, pause, headers, body);
  }

  /** The same, after so many requests went well. */
  public Fault skipping(int first) {
    return new Fault(kind, method, pathPart, first, times, status, bytes, pause, headers, body);
  }

  /** The same with a header. */
  public Fault header(String name, String value) {
    Map<String, String> more = new LinkedHashMap<>(headers);
    more.put(name, value);
    return new Fault(kind, method, pathPart, skip, times, status, bytes, pause, more, body);
  }

  /** The same with a body. */
  public Fault body(String text) {
    return new Fault(kind, method, pathPart, skip, times, status, bytes, pause, headers, text);
  }

  private Fault answering(int code) {
    return new Fault(kind, method, pathPart, skip, times, code, bytes, pause, headers, body);
  }

  private static Fault of(Kind kind, long bytes) {
    return new Fault(kind, "", "", 0, Integer.MAX_VALUE, 200, bytes, Duration.ZERO, Map.of(), "");
  }

  boolean concerns(String asked, String path) {
    return (method.isEmpty() || method.equals(asked)) && path.contains(pathPart);
  }

  byte[] bodyBytes() {
    return body.getBytes(StandardCharsets.UTF_8);
  }
}
