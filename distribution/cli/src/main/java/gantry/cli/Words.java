// SPDX-License-Identifier: Apache-2.0
package gantry.cli;

import gantry.cli.command.Word;
import gantry.cli.container.ContainerCommands;
import gantry.cli.content.ContentCommands;
import gantry.cli.daemon.DaemonCommands;
import gantry.cli.image.ImageCommands;
import gantry.cli.namespace.NamespaceCommands;
import gantry.cli.plugin.PluginCommands;
import gantry.cli.registry.RegistryCommands;
import gantry.cli.run.RunCommands;
import gantry.cli.task.TaskCommands;
import gantry.cli.transfer.TransferCommands;
import java.util.ArrayList;
import java.util.List;

/** All words of the command line. */
final class Words {
  private Words() {}

  static List<Word> all() {
    List<Word> words = new ArrayList<>(DaemonCommands.words());
    words.add(Word.branch("plugins plugin", "the daemon's plugins", PluginCommands::words));
    words.addAll(RunCommands.words());
    words.add(Word.branch("images image i", "images", Words::images));
    words.add(Word.branch("containers c container", "container records", Words::containers));
    words.add(Word.branch("content", "blobs", Words::content));
    words.add(Word.branch("leases", "leases", NamespaceCommands::leases));
    words.add(Word.branch("namespaces namespace ns", "namespaces", NamespaceCommands::namespaces));
    words.add(
        Word.branch("snapshots snapshot", "filesystems of containers", ContentCommands::snapshots)
            .carrying("--snapshotter"));
    words.add(Word.branch("tasks t task", "running containers", TaskCommands::words));
    words.add(Word.branch("registry", "registries", RegistryCommands::registry));
    words.add(Word.leaf("batch", "run command lines from standard input", BatchCommand::new));
    words.add(
        Word.leaf(
            "generate-completion", "print a completion script for bash", CompletionCommand::new));
    return words;
  }

  private static List<Word> images() {
    List<Word> words = new ArrayList<>(ImageCommands.words());
    words.addAll(TransferCommands.words());
    return words;
  }

  private static List<Word> content() {
    List<Word> words = new ArrayList<>(ContentCommands.content());
    words.addAll(RegistryCommands.content());
    return words;
  }

  private static List<Word> containers() {
    List<Word> words = new ArrayList<>(RunCommands.containers());
    words.addAll(ContainerCommands.words());
    return words;
  }
}
