// SPDX-License-Identifier: Apache-2.0
package gantry.testkit;

import gantry.plugins.PluginMemory;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Supplier;

/** The memory that versions of a plugin share when a test opens them instead of the kernel. */
public final class HeapMemory implements PluginMemory {
  private final ConcurrentMap<String, Object> objects = new ConcurrentHashMap<>();

  /** With nothing in it. */
  public HeapMemory() {}

  @Override
  @SuppressWarnings("unchecked") // a name stands for a form
  public <T> T keep(String plugin, String name, Supplier<? extends T> first) {
    return (T) objects.computeIfAbsent(plugin + " " + name, key -> first.get());
  }
}
