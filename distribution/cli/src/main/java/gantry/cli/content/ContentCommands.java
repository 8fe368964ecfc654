// SPDX-License-Identifier: Apache-2.0
package gantry.cli.content;

import gantry.cli.command.Word;
import java.util.List;

/** Commands about blobs and snapshots. */
public final class ContentCommands {
  private ContentCommands() {}

  /** Below {@code content}. */
  public static List<Word> content() {
    return List.of(
        Word.leaf("active", "list unfinished ingests", IngestsList::new),
        Word.leaf("get", "print a blob", ContentGet::new),
        Word.leaf("ingest", "store a blob from standard input", ContentIngest::new),
        Word.leaf("ls list", "list blobs", ContentList::new),
        Word.leaf("rm delete del remove", "take blobs out of the namespace", ContentRemove::new),
        Word.leaf("label", "set and clear labels of a blob", ContentLabel::new),
        Word.leaf("edit", "change a blob in an editor and store the result", ContentEdit::new),
        Word.leaf("verify", "hash blobs again and compare", ContentVerify::new),
        Word.branch("prune", "let go of what is not needed", ContentCommands::prune));
  }

  private static List<Word> prune() {
    return List.of(
        Word.leaf(
            "references",
            "take away the references that keep layers of unpacked images",
            ReferencesPrune::new));
  }

  /** Below {@code snapshots}. */
  public static List<Word> snapshots() {
    return List.of(
        Word.leaf("ls list", "list snapshots", SnapshotsList::new),
        Word.leaf("info", "show a snapshot", SnapshotInfoCommand::new),
        Word.leaf("tree", "show which snapshot is built on which", SnapshotsTree::new),
        Word.leaf("diff", "print what a snapshot changes, as a layer", SnapshotsDiff::new),
        Word.leaf("unpack", "make snapshots of an image's layers", SnapshotsUnpack::new),
        Word.leaf("usage", "show what snapshots take up", SnapshotsUsage::new),
        Word.leaf("prepare", "begin a writable snapshot", () -> new SnapshotBegin(true)),
        Word.leaf("view", "begin a read-only snapshot", () -> new SnapshotBegin(false)),
        Word.leaf("mounts m mount", "print how to mount a snapshot", SnapshotMounts::new),
        Word.leaf("commit", "make an active snapshot permanent", SnapshotCommit::new),
        Word.leaf("rm delete del remove", "remove snapshots", SnapshotRemove::new),
        Word.leaf("label", "set and clear labels of a snapshot", SnapshotLabel::new));
  }
}
