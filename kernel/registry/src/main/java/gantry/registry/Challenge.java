// SPDX-License-Identifier: Apache-2.0
package gantry.registry;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * One way to authenticate that a host offers, RFC 9110 section 11.6.1.
 *
 * @param parameters names in lower case
 */
record Challenge(Scheme scheme, Map<String, String> parameters) {
  /** In the order of preference. */
  enum Scheme {
    BEARER,
    BASIC
  }

  Challenge {
    parameters = Map.copyOf(parameters);
  }

  String parameter(String name) {
    return parameters.getOrDefault(name, "");
  }

  /** What can be used of {@code WWW-Authenticate} headers, the best first. */
  static List<Challenge> parse(List<String> headers) {
    List<Challenge> found = new ArrayList<>();
    for (String header : headers) {
      new Reader(header).readInto(found);
    }
    found.sort(Comparator.comparing(Challenge::scheme));
    return found;
  }

  /** Goes through one header, which may hold several challenges. */
  private static final class Reader {
    private static final String SEPARATORS = " \t\"(),/:;<=>?@[]\\{}";

    private final String text;
    private int at;

    Reader(String text) {
      this.text = text;
    }

    void readInto(List<Challenge> found) {
      String scheme = token();
      while (!scheme.isEmpty()) {
        Map<String, String> parameters = new LinkedHashMap<>();
        String next = parameters(parameters);
        switch (scheme.toLowerCase(Locale.ROOT)) {
          case "bearer" -> found.add(new Challenge(Scheme.BEARER, parameters));
          case "basic" -> found.add(new Challenge(Scheme.BASIC, parameters));
          default -> {}
        }
        scheme = next;
      }
    }

    /** Reads parameters until a word without a value, which begins the next challenge. */
    private String parameters(Map<String, String> parameters) {
      while (true) {
        spaceAndCommas();
        String name = token();
        if (name.isEmpty()) {
          return "";
        }
        if (at >= text.length() || text.charAt(at) != '=') {
          return name;
        }
        at++;
        parameters.putIfAbsent(name.toLowerCase(Locale.ROOT), value());
      }
    }

    private void spaceAndCommas() {
      while (at < text.length() && " \t,".indexOf(text.charAt(at)) >= 0) {
        at++;
      }
    }

    private String token() {
      int start = at;
      while (at < text.length()
          && text.charAt(at) > ' '
          && text.charAt(at) < 127
          && SEPARATORS.indexOf(text.charAt(at)) < 0) {
        at++;
      }
      return text.substring(start, at);
    }

    private String value() {
      if (at >= text.length() || text.charAt(at) != '"') {
        return token();
      }
      StringBuilder value = new StringBuilder();
      for (at++; at < text.length() && text.charAt(at) != '"'; at++) {
        if (text.charAt(at) == '\\' && at + 1 < text.length()) {
          at++;
        }
        value.append(text.charAt(at));
      }
      at = Math.min(at + 1, text.length());
      return value.toString();
    }
  }
}
