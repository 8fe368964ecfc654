// SPDX-License-Identifier: Apache-2.0
package gantry.oci.layout;

import gantry.errors.InvalidArgumentException;
import java.util.regex.Pattern;

/** Names of images in the forms that archives use. */
public final class ImageName {
  private static final int NAME_MAX = 255;
  private static final String HUB = "docker.io";
  private static final String LIBRARY = "library/";
  private static final Pattern DOMAIN =
      Pattern.compile(
          "(\\[[0-9a-fA-F:]+\\]|[a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?"
              + "(\\.[a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?)*)(:[0-9]+)?");
  private static final Pattern PATH =
      Pattern.compile("[a-z0-9]+((\\.|_|__|-+)[a-z0-9]+)*(/[a-z0-9]+((\\.|_|__|-+)[a-z0-9]+)*)*");
  private static final Pattern TAG = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}");
  private static final Pattern DIGEST =
      Pattern.compile("[A-Za-z][A-Za-z0-9]*([-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}");

  private ImageName() {}

  /**
   * A name as people write it in full: {@code busybox} is {@code docker.io/library/busybox:latest}.
   * Of tag and digest the digest stays.
   *
   * @throws InvalidArgumentException if it is no name of an image
   */
  public static String normalized(String name) {
    Parts parts = Parts.of(name);
    if (!parts.digest().isEmpty()) {
      return parts.repository() + "@" + parts.digest();
    }
    return parts.repository() + ":" + (parts.tag().isEmpty() ? "latest" : parts.tag());
  }

  /**
   * The short form Docker shows: without {@code docker.io/library/}, but with a tag.
   *
   * @throws InvalidArgumentException if it is no name of an image
   */
  public static String familiar(String name) {
    Parts parts = Parts.of(name);
    String path = parts.path();
    if (parts.domain().equals(HUB)) {
      boolean official = path.startsWith(LIBRARY) && path.indexOf('/', LIBRARY.length()) < 0;
      path = official ? path.substring(LIBRARY.length()) : path;
    } else {
      path = parts.repository();
    }
    String tag = parts.tag().isEmpty() && parts.digest().isEmpty() ? "latest" : parts.tag();
    return path
        + (tag.isEmpty() ? "" : ":" + tag)
        + (parts.digest().isEmpty() ? "" : "@" + parts.digest());
  }

  /** The tag of a full name; of a name without tag the name itself. */
  public static String refName(String name) {
    int slash = name.indexOf('/');
    if (slash <= 0) {
      return name;
    }
    int at = name.indexOf('@', slash);
    int colon = name.indexOf(':', slash);
    int object = at >= 0 && (colon < 0 || at < colon) ? -1 : colon;
    return object < 0 || object + 1 == name.length() ? name : name.substring(object + 1);
  }

  private record Parts(String domain, String path, String tag, String digest) {
    static Parts of(String name) {
      int at = name.indexOf('@');
      String digest = at < 0 ? "" : name.substring(at + 1);
      String tagged = at < 0 ? name : name.substring(0, at);
      int colon = tagged.lastIndexOf(':');
      boolean hasTag = colon > tagged.lastIndexOf('/');
      String tag = hasTag ? tagged.substring(colon + 1) : "";
      String full = hasTag ? tagged.substring(0, colon) : tagged;
      int slash = full.indexOf('/');
      String first = slash < 0 ? "" : full.substring(0, slash);
      boolean host = isHost(first);
      String domain = host ? first : HUB;
      String path = host ? full.substring(slash + 1) : full;
      if (domain.equals("index.docker.io")) {
        domain = HUB;
      }
      if (domain.equals(HUB) && path.indexOf('/') < 0) {
        path = LIBRARY + path;
      }
      Parts parts = new Parts(domain, path, tag, digest);
      parts.require(name, hasTag, at >= 0);
      return parts;
    }

    String repository() {
      return domain + "/" + path;
    }

    private void require(String name, boolean hasTag, boolean hasDigest) {
      boolean fine =
          DOMAIN.matcher(domain).matches()
              && path.length() <= NAME_MAX
              && PATH.matcher(path).matches()
              && (!hasTag || TAG.matcher(tag).matches())
              && (!hasDigest || DIGEST.matcher(digest).matches());
      if (!fine) {
        String shown = name.length() > NAME_MAX ? name.substring(0, NAME_MAX) : name;
        throw new InvalidArgumentException(
            "parse image name \"%s\": invalid reference format".formatted(shown));
      }
    }

    private static boolean isHost(String first) {
      return first.contains(".")
          || first.contains(":")
          || first.equals("localhost")
          || first.chars().anyMatch(Character::isUpperCase);
    }
  }
}
