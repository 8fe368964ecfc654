// SPDX-License-Identifier: Apache-2.0
package gantry.testkit.layers;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** All the harm a layer could think of. */
public final class HostileLayers {
  private final List<HostileLayer> layers = new ArrayList<>();
  private final String out;
  private final String up;

  private HostileLayers(Path outside) {
    this.out = outside.toString();
    this.up = "../" + outside.getFileName();
  }

  /**
   * The layers.
   *
   * @param outside what they go for; beside the root they are unpacked to
   */
  public static List<HostileLayer> against(Path outside) {
    HostileLayers all = new HostileLayers(outside);
    all.names();
    all.symlinks();
    all.hardLinks();
    all.nodes();
    all.headers();
    all.numbers();
    all.sparse();
    all.whiteouts();
    all.attributes();
    return all.layers;
  }

  private void names() {
    safe("dot-dot in a name", new RawTar().file(up + "/x", "x"));
    safe("dot-dot behind a name", new RawTar().file("a/../../" + up + "/secret", "x"));
    safe("absolute name", new RawTar().file(out + "/secret", "x"));
    safe("dot-dot alone", new RawTar().directory("..").directory("a/../..").directory("/"));
    safe("empty name", new RawTar().file("", "x"));
    safe("slashes only", new RawTar().file("////", "x"));
    refused(
        "name longer than any path",
        new RawTar().gnuLong('L', "n".repeat(5000)).file("x", "x"),
        "longer than 4096");
    refused(
        "component longer than any name",
        new RawTar().gnuLong('L', "n".repeat(300)).file("x", "x"),
        "name too long");
    safe(
        "thirteen hundred directories deep",
        new RawTar().gnuLong('L', "d/".repeat(1300) + "x").file("x", "x"));
    refused(
        "deeper than any path by a link",
        new RawTar()
            .gnuLong('L', "d/".repeat(1300) + "x")
            .file("x", "x")
            .gnuLong('K', "d/".repeat(1300))
            .symlink("l", "d")
            .gnuLong('L', "l/" + "e/".repeat(1800) + "x")
            .file("x", "x"),
        "name too long");
    refused(
        "zero byte in a name",
        new RawTar().pax("path=a\0b").file("x", "x"),
        "invalid extended header");
    refused(
        "zero byte in a link",
        new RawTar().pax("linkpath=a\0b").symlink("x", "y"),
        "invalid extended header");
    safe(
        "one name five times",
        new RawTar()
            .file("x", "1")
            .directory("x")
            .file("x/y", "2")
            .symlink("x", up)
            .file("x", "3"));
    safe(
        "name of a sparse file leads out",
        new RawTar()
            .pax("GNU.sparse.name=" + up + "/x", "GNU.sparse.major=0", "GNU.sparse.minor=1")
            .file("x", "x"));
  }

  private void symlinks() {
    safe("absolute link as parent", new RawTar().symlink("l", out).file("l/x", "x"));
    safe("relative link as parent", new RawTar().symlink("l", up).file("l/secret", "x"));
    safe(
        "chain of links",
        new RawTar()
            .symlink("a", "b/..")
            .symlink("b", "c/../..")
            .symlink("c", out)
            .file("a/" + up + "/x", "x"));
    refused(
        "circle of links",
        new RawTar().symlink("a", "b").symlink("b", "a").file("a/x", "x"),
        "too many levels");
    RawTar chain = new RawTar().symlink("l0", out);
    for (int i = 1; i < 300; i++) {
      chain.symlink("l" + i, "l" + (i - 1));
    }
    refused("three hundred links one to another", chain.file("l299/x", "x"), "too many levels");
    safe(
        "directory swapped for a link",
        new RawTar().directory("d").file("d/a", "a").symlink("d", out).file("d/secret", "x"));
    safe(
        "link swapped for a directory",
        new RawTar().symlink("d", out).directory("d").file("d/secret", "x"));
    safe("file written over a link", new RawTar().symlink("x", out + "/secret").file("x", "new"));
    safe(
        "link swapped between two files",
        new RawTar()
            .directory("d")
            .file("d/a", "1")
            .symlink("d", up)
            .directory("d")
            .file("d/secret", "2")
            .symlink("d", out)
            .file("d/secret", "3"));
    refused(
        "target longer than any path",
        new RawTar().gnuLong('K', "t".repeat(5000)).symlink("x", "y"),
        "name too long");
    refused("link to nothing", new RawTar().symlink("x", ""), "make symlink");
  }

  private void hardLinks() {
    refused("hard link by dot-dot", new RawTar().hardLink("x", up + "/secret"), "no such file");
    refused(
        "hard link by an absolute name",
        new RawTar().hardLink("x", out + "/secret"),
        "no such file");
    refused(
        "hard link through a link",
        new RawTar().symlink("l", out).hardLink("x", "l/secret"),
        "no such file");
    refused(
        "hard link by a long header",
        new RawTar().pax("linkpath=" + out + "/secret").hardLink("x", "y"),
        "no such file");
    safe(
        "hard link to a link, then written",
        new RawTar().symlink("s", out + "/secret").hardLink("x", "s").file("x", "new"));
    safe(
        "hard link to a link, then its owner",
        new RawTar()
            .symlink("s", out + "/secret")
            .header("x", '1', h -> h.link("s").text(108, 8, "0001750").text(100, 8, "0000000")));
    refused("hard link to itself", new RawTar().file("x", "x").hardLink("x", "x"), "make link");
    refused(
        "hard link to a directory", new RawTar().directory("d").hardLink("x", "d"), "make link");
    refused("hard link to the root", new RawTar().hardLink("x", "/"), "to a directory");
    refused(
        "hard link to what comes later",
        new RawTar().hardLink("x", "y").file("y", "y"),
        "no such file");
  }

  private void nodes() {
    refused(
        "device number below zero",
        new RawTar().header("n", '3', h -> h.binary(329, 8, -1)),
        "out of range");
    refused(
        "device number too large",
        new RawTar().header("n", '4', h -> h.binary(329, 8, 1L << 40)),
        "out of range");
    refused(
        "file below a device",
        new RawTar()
            .header("n", '3', h -> h.text(329, 8, "0000001").text(337, 8, "0000003"))
            .file("n/x", "x"),
        "not a directory");
    refused(
        "file below a pipe",
        new RawTar().header("p", '6', h -> {}).file("p/x", "x"),
        "not a directory");
    safe("file in place of a pipe", new RawTar().header("p", '6', h -> {}).file("p", "x"));
    safe(
        "file in place of a pipe's other name",
        new RawTar().header("p", '6', h -> {}).hardLink("q", "p").file("q", "x"));
    refused(
        "directory below a file", new RawTar().file("f", "x").directory("f/d"), "not a directory");
    refused("kind that no one knows", new RawTar().header("x", 'Z', h -> {}), "unknown type");
    safe(
        "device with content",
        new RawTar().header("p", '6', h -> h.size(0).text(124, 12, "00000000777")).file("x", "x"));
  }

  private void headers() {
    refused(
        "extended header of a tebibyte",
        new RawTar().header("pax", 'x', h -> h.binary(124, 12, 1L << 40)),
        "extended header of");
    refused(
        "long name of a tebibyte",
        new RawTar().header("L", 'L', h -> h.gnu().binary(124, 12, 1L << 40)),
        "extended header of");
    refused(
        "long link of eight exbibytes",
        new RawTar().header("K", 'K', h -> h.gnu().binary(124, 12, Long.MAX_VALUE)),
        "extended header of");
    refused(
        "global header of a tebibyte",
        new RawTar().header("g", 'g', h -> h.binary(124, 12, 1L << 40)),
        "extended header of");
    refused(
        "record longer than its header",
        new RawTar().paxText("999 path=x\n").file("x", "x"),
        "invalid extended header");
    refused(
        "record without an end",
        new RawTar().paxText("8 path=xy").file("x", "x"),
        "invalid extended header");
    refused(
        "record without a key",
        new RawTar().paxText("5 =x\n").file("x", "x"),
        "invalid extended header");
    refused(
        "record of no length",
        new RawTar().paxText("0 a=b\n").file("x", "x"),
        "invalid extended header");
    refused("wrong sum", damaged(new RawTar().file("x", "x")), "checksum");
    refused(
        "empty block in between",
        new RawTar().file("x", "x").raw(new byte[512]).file("y", "y"),
        "empty block inside");
    safe(
        "noise behind the end",
        new RawTar()
            .file("x", "x")
            .raw(new byte[1024])
            .raw("noise".repeat(500).getBytes(StandardCharsets.UTF_8)));
    refused(
        "end in the middle of a header",
        new RawTar().file("x", "x").raw(new byte[] {1, 2, 3}),
        "unexpected EOF",
        false);
    refused(
        "end in the middle of a file",
        new RawTar().header("x", '0', h -> h.size(100_000)).raw(new byte[5000]),
        "unexpected EOF",
        false);
    refused(
        "end behind an extended header",
        new RawTar().header("pax", 'x', h -> h.size(1000)).raw(new byte[100]),
        "unexpected EOF",
        false);
  }

  private void numbers() {
    refused(
        "size below zero",
        new RawTar().header("x", '0', h -> h.binary(124, 12, -512)),
        "negative size");
    refused(
        "size of more than 64 bits",
        new RawTar()
            .header("x", '0', h -> h.text(124, 12, "").binary(124, 12, 1).text(125, 1, "\u0001")),
        "too large");
    refused(
        "size that is no number",
        new RawTar().header("x", '0', h -> h.text(124, 12, "zzz")),
        "not a number");
    refused(
        "size with a nine in octal",
        new RawTar().header("x", '0', h -> h.text(124, 12, "00000000009")),
        "not a number");
    refused(
        "size record that is no number",
        new RawTar().pax("size=abc").file("x", "x"),
        "not a number");
    refused("size record below zero", new RawTar().pax("size=-1").file("x", "x"), "negative size");
    refused(
        "size record of more than 64 bits",
        new RawTar().pax("size=99999999999999999999").file("x", "x"),
        "not a number");
    refused(
        "owner that means none",
        new RawTar().header("x", '0', h -> h.binary(108, 8, 0xffffffffL)),
        "out of range");
    refused(
        "owner of more than 32 bits",
        new RawTar().pax("uid=1099511627776").file("x", "x"),
        "out of range");
    refused(
        "group below zero",
        new RawTar().header("x", '0', h -> h.binary(116, 8, -2)),
        "out of range");
    safe("time beyond any clock", new RawTar().pax("mtime=999999999999999999").file("x", "x"));
    safe(
        "time before any clock",
        new RawTar().pax("mtime=-99999999999.5", "atime=-1").file("x", "x"));
    refused(
        "time of a thousand digits",
        new RawTar().pax("mtime=" + "9".repeat(1000)).file("x", "x"),
        "is not a time");
  }

  private void sparse() {
    refused(
        "sparse file of four exbibytes",
        new RawTar().pax("GNU.sparse.size=" + (1L << 62), "GNU.sparse.map=0,0").file("x", ""),
        "truncate");
    refused(
        "pieces that overlap",
        new RawTar().pax("GNU.sparse.size=100", "GNU.sparse.map=0,5,3,5").file("x", "0123456789"),
        "sparse file");
    refused(
        "pieces behind the end",
        new RawTar().pax("GNU.sparse.size=3", "GNU.sparse.map=0,10").file("x", "0123456789"),
        "sparse file");
    refused(
        "pieces that add up to too much",
        new RawTar()
            .pax("GNU.sparse.size=" + (1L << 61), "GNU.sparse.map=0,1000000000000")
            .file("x", "x"),
        "sparse file");
    refused(
        "size below zero in a map",
        new RawTar().pax("GNU.sparse.size=-5", "GNU.sparse.map=0,0").file("x", ""),
        "sparse file");
    refused(
        "map that promises a billion pieces",
        new RawTar()
            .pax("GNU.sparse.major=1", "GNU.sparse.minor=0", "GNU.sparse.realsize=10")
            .file("x", "999999999\n"),
        "sparse file");
    refused("old map of no format", new RawTar().header("x", 'S', h -> h.size(0)), "sparse file");
    refused(
        "old map that never ends",
        new RawTar()
            .header(
                "x", 'S', h -> h.gnu().size(0).text(482, 1, "\u0001").text(483, 12, "00000000777")),
        "unexpected EOF",
        false);
  }

  private void whiteouts() {
    refused("mark of nothing", new RawTar().file("d/.wh.", ""), "invalid whiteout name");
    refused(
        "mark of the directory itself", new RawTar().file("d/.wh..", ""), "invalid whiteout name");
    refused(
        "mark of the directory above", new RawTar().file("d/.wh...", ""), "invalid whiteout name");
    safe("mark of a link", new RawTar().symlink("l", out).file(".wh.l", ""));
    safe("mark through a link", new RawTar().symlink("l", out).file("l/.wh.secret", ""));
    safe("mark by dot-dot", new RawTar().file(up + "/.wh.secret", ""));
    safe("opaque mark through a link", new RawTar().symlink("l", out).file("l/.wh..wh..opq", ""));
    safe("opaque mark by dot-dot", new RawTar().file("../.wh..wh..opq", ""));
    safe(
        "opaque mark over links",
        new RawTar().symlink("d/l", out).file("d/.wh..wh..opq", "").file("d/x", "x"));
    safe(
        "opaque mark that is a directory",
        new RawTar().directory("d/.wh..wh..opq/").file("d/.wh..wh..opq/x", "x"));
    safe(
        "mark of a directory still in use",
        new RawTar().file("d/e/x", "x").file(".wh.d", "").directory("d").file("d/e/y", "y"));
  }

  private void attributes() {
    safe(
        "attribute that steers overlays",
        new RawTar().pax("SCHILY.xattr.trusted.overlay.redirect=" + out).directory("d"));
    safe(
        "attribute that hides what is below",
        new RawTar().pax("SCHILY.xattr.trusted.overlay.opaque=y").directory("d"));
    refused(
        "capability that is none",
        new RawTar().pax("SCHILY.xattr.security.capability=x").file("x", "x"),
        "set xattr");
    refused(
        "attribute with a name too long",
        new RawTar().pax("SCHILY.xattr.user." + "n".repeat(300) + "=x").file("x", "x"),
        "set xattr");
    refused(
        "attribute with a value too long",
        new RawTar().pax("SCHILY.xattr.user.x=" + "v".repeat(70_000)).file("x", "x"),
        "set xattr");
    safe(
        "attribute of a link's target",
        new RawTar().pax("SCHILY.xattr.user.x=y").symlink("x", out + "/secret"));
    safe(
        "mode of a link's target",
        new RawTar().header("x", '2', h -> h.link(out + "/secret").text(100, 8, "0004777")));
  }

  private void safe(String name, RawTar tar) {
    layers.add(new HostileLayer(name, tar.finished(), ""));
  }

  private void refused(String name, RawTar tar, String refusal) {
    refused(name, tar, refusal, true);
  }

  private void refused(String name, RawTar tar, String refusal, boolean finished) {
    layers.add(new HostileLayer(name, finished ? tar.finished() : tar.bytes(), refusal));
  }

  private static RawTar damaged(RawTar tar) {
    byte[] bytes = tar.bytes();
    bytes[0] ^= 1;
    return new RawTar().raw(bytes);
  }
}
