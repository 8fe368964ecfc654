// SPDX-License-Identifier: Apache-2.0
package gantry.launcher;

import java.lang.reflect.Proxy;

/**
 * Handles signals of the process. The JDK has no other way than a class it would rather not have
 * used, and warns whoever names it; so it is reached by reflection.
 */
final class Signals {
  private Signals() {}

  /** Runs {@code action}, on a thread of its own, each time the signal comes. */
  static void on(String signal, Runnable action) {
    try {
      Class<?> type = Class.forName("sun.misc.Signal");
      Class<?> handlerType = Class.forName("sun.misc.SignalHandler");
      Object handler =
          Proxy.newProxyInstance(
              Signals.class.getClassLoader(),
              new Class<?>[] {handlerType},
              (proxy, method, arguments) ->
                  switch (method.getName()) {
                    case "handle" -> {
                      action.run();
                      yield null;
                    }
                    case "equals" -> false;
                    case "hashCode" -> System.identityHashCode(proxy);
                    default -> "handler of " + signal;
                  });
      type.getMethod("handle", type, handlerType)
          .invoke(null, type.getConstructor(String.class).newInstance(signal), handler);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("handle signal " + signal, e);
    }
  }
}
