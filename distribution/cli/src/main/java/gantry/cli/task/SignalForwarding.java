// SPDX-License-Identifier: Apache-2.0
package gantry.cli.task;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Signals to this process that are handed on, until this is closed. The platform's only interface
 * to signals, {@code sun.misc.Signal}, is reached by reflection: the compiler's warning of it
 * cannot be switched off for one class. On a platform without it signals keep their usual meaning.
 */
final class SignalForwarding implements AutoCloseable {
  /** Those that ask for something and that the Java runtime does not need itself. */
  private static final List<String> NAMES = List.of("HUP", "INT", "TERM", "USR1", "CONT", "ALRM");

  private record Before(Object signal, Object handler) {}

  private final List<Before> before = new ArrayList<>();

  private SignalForwarding() {}

  static SignalForwarding none() {
    return new SignalForwarding();
  }

  static SignalForwarding of(String name, Runnable action) {
    SignalForwarding forwarding = new SignalForwarding();
    forwarding.add(name, _ -> action.run());
    return forwarding;
  }

  static SignalForwarding all(IntConsumer action) {
    SignalForwarding forwarding = new SignalForwarding();
    NAMES.forEach(name -> forwarding.add(name, action));
    return forwarding;
  }

  private void add(String name, IntConsumer action) {
    try {
      Class<?> type = Class.forName("sun.misc.Signal");
      Object signal = type.getConstructor(String.class).newInstance(name);
      int number = (int) type.getMethod("getNumber").invoke(signal);
      Class<?> handlerType = Class.forName("sun.misc.SignalHandler");
      Object handler =
          Proxy.newProxyInstance(
              handlerType.getClassLoader(),
              new Class<?>[] {handlerType},
              (_, method, _) -> handle(method.getName(), action, number));
      before.add(new Before(signal, install(signal, handler)));
    } catch (InvocationTargetException reserved) {
      // the runtime was started with options that keep this signal for itself
    } catch (ReflectiveOperationException missing) {
      // no interface to signals: they keep their usual meaning
    }
  }

  private static @Nullable Object handle(String method, IntConsumer action, int number) {
    if (method.equals("handle")) {
      action.accept(number);
    }
    return null;
  }

  private static Object install(Object signal, Object handler) throws ReflectiveOperationException {
    Class<?> handlerType = Class.forName("sun.misc.SignalHandler");
    return signal
        .getClass()
        .getMethod("handle", signal.getClass(), handlerType)
        .invoke(null, signal, handler);
  }

  @Override
  public void close() {
    for (Before entry : before) {
      try {
        install(entry.signal(), entry.handler());
      } catch (ReflectiveOperationException impossible) {
        throw new IllegalStateException(impossible);
      }
    }
  }
}
