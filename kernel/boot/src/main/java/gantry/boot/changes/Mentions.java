// SPDX-License-Identifier: Apache-2.0
package gantry.boot.changes;

import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.constantpool.ClassEntry;
import java.lang.classfile.constantpool.PoolEntry;
import java.net.URL;
import java.util.HashSet;
import java.util.Set;
import org.osgi.framework.Bundle;

/**
 * The classes that a bundle's classes mention. The machine looks for them only when the code that
 * mentions them runs, which would be in the middle of a client's call.
 */
final class Mentions {
  /**
   * Leaves out of a class's constants what nothing in it refers to: the compiler puts there the
   * classes whose constants it has copied.
   */
  private static final ClassFile REWRITE =
      ClassFile.of(
          ClassFile.ConstantPoolSharingOption.NEW_POOL,
          ClassFile.StackMapsOption.DROP_STACK_MAPS,
          ClassFile.DebugElementsOption.DROP_DEBUG);

  private final Bundle bundle;
  private final Set<String> own;
  private final Set<String> found = new HashSet<>();

  Mentions(Bundle bundle, Set<String> own) {
    this.bundle = bundle;
    this.own = own;
  }

  /**
   * Looks for all of them.
   *
   * @return how many there are
   */
  int check(Linkage linkage) throws Refusal {
    for (String name : own) {
      check(name, linkage);
    }
    return found.size();
  }

  private void check(String name, Linkage linkage) throws Refusal {
    ClassFile format = ClassFile.of();
    byte[] used = REWRITE.transformClass(format.parse(bytes(name)), ClassTransform.ACCEPT_ALL);
    for (PoolEntry entry : format.parse(used).constantPool()) {
      if (entry instanceof ClassEntry mentioned) {
        String wanted = element(mentioned.asInternalName());
        if (!wanted.isEmpty() && !own.contains(wanted) && found.add(wanted)) {
          find(name, wanted, linkage);
        }
      }
    }
  }

  private void find(String user, String wanted, Linkage linkage) throws Refusal {
    try {
      bundle.loadClass(wanted);
    } catch (ClassNotFoundException | LinkageError e) {
      throw linkage.missing(bundle, user, wanted);
    }
  }

  private byte[] bytes(String name) throws Refusal {
    URL entry = bundle.getEntry(name.replace('.', '/') + ".class");
    if (entry == null) {
      throw Refusal.state("class %s cannot be found again".formatted(name));
    }
    try (InputStream in = entry.openStream()) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw Refusal.internal(e);
    }
  }

  /** Name of a class, of an array's elements if it is one; empty for primitives. */
  private static String element(String internal) {
    if (!internal.startsWith("[")) {
      return internal.replace('/', '.');
    }
    int at = internal.lastIndexOf('[') + 1;
    return internal.charAt(at) == 'L'
        ? internal.substring(at + 1, internal.length() - 1).replace('/', '.')
        : "";
  }
}
