// SPDX-License-Identifier: Apache-2.0
package gantry.cli.namespace;

import gantry.cli.command.Word;
import java.util.List;

/** Commands about namespaces and leases. */
public final class NamespaceCommands {
  private NamespaceCommands() {}

  /** Below {@code namespaces}. */
  public static List<Word> namespaces() {
    return List.of(
        Word.leaf("create c", "make a namespace", NamespaceCreate::new),
        Word.leaf("ls list", "list namespaces", NamespacesList::new),
        Word.leaf("rm remove", "remove empty namespaces", NamespaceRemove::new),
        Word.leaf("label", "set and clear labels", NamespaceLabel::new));
  }

  /** Below {@code leases}. */
  public static List<Word> leases() {
    return List.of(
        Word.leaf("ls list", "list leases", LeasesList::new),
        Word.leaf("create", "make a lease", LeaseCreate::new),
        Word.leaf("rm delete del remove", "end leases", LeaseRemove::new));
  }
}
