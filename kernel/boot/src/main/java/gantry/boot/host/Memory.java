// SPDX-License-Identifier: Apache-2.0
package gantry.boot.host;

import gantry.plugins.PluginMemory;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Supplier;

/** The memory of plugins, in this process's. */
public final class Memory implements PluginMemory {
  private final ConcurrentMap<Key, Object> objects = new ConcurrentHashMap<>();

  private record Key(String plugin, String name) {}

  /** With nothing in it. */
  public Memory() {}

  @Override
  @SuppressWarnings("unchecked") // a name stands for a form, says the contract
  public <T> T keep(String plugin, String name, Supplier<? extends T> first) {
    return (T) objects.computeIfAbsent(new Key(plugin, name), key -> first.get());
  }
}
