// SPDX-License-Identifier: Apache-2.0
package gantry.cli.command;

import gantry.client.GantryClient;
import gantry.errors.NotFoundException;
import gantry.namespaces.NamespaceInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * A listing over the namespace that was asked for, or over all of them. A namespace that cannot be
 * listed does not keep the others from being shown: it is named on standard error and in the exit
 * code. Used by one thread.
 */
public final class Survey {
  private static final String ALL = "all-namespaces";

  private final Invocation invocation;
  private final boolean all;
  private int code;

  /** For the options of an invocation. */
  public Survey(Invocation invocation) {
    this.invocation = invocation;
    this.all = invocation.arguments().flag(ALL);
  }

  /** What one namespace is asked. */
  @FunctionalInterface
  public interface Question<T> {
    /** Asks through a client of the namespace. */
    List<T> ask(GantryClient client) throws Exception;
  }

  /** Adds the options of such a listing. */
  public static void grammar(Grammar grammar) {
    grammar.flag(ALL + " A", "of all namespaces, with a column that tells which").listing();
  }

  /** Asks every namespace in turn. */
  public <T> List<Found<T>> ask(Question<T> question) throws Exception {
    List<Found<T>> found = new ArrayList<>();
    if (!all) {
      add(found, invocation.client(), question);
      return found;
    }
    for (NamespaceInfo namespace : invocation.client().namespaces().list()) {
      try {
        add(found, invocation.client().in(namespace.name()), question);
      } catch (NotFoundException gone) {
        // removed since the namespaces were listed
      } catch (Exception failure) {
        invocation.note("gantry: %s: %s".formatted(namespace.name(), Failures.describe(failure)));
        code = 1;
      }
    }
    return found;
  }

  /** Prints rows as a table or as JSON; returns the exit code. */
  public <T> int print(List<Found<T>> found, Listing<T> listing) {
    Listing<Found<T>> rows = new Listing<>();
    if (all) {
      rows.column("NAMESPACE", Found::namespace);
    }
    rows.columns(listing, Found::item).print(found, invocation);
    return code;
  }

  /** Prints one name a line, after its namespace if there may be several; returns the exit code. */
  public <T> int names(List<Found<T>> found, Function<T, String> name) {
    for (Found<T> row : found) {
      invocation.say((all ? row.namespace() + " " : "") + name.apply(row.item()));
    }
    return code;
  }

  /** Whether more than one namespace may be shown. */
  public boolean isWide() {
    return all;
  }

  /** The exit code so far. */
  public int code() {
    return code;
  }

  private static <T> void add(List<Found<T>> found, GantryClient client, Question<T> question)
      throws Exception {
    for (T item : question.ask(client)) {
      found.add(new Found<>(client.namespace(), item));
    }
  }
}
