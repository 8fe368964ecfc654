// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.grpc;

import gantry.metadata.Caller;
import gantry.metadata.Metadata;
import gantry.metadata.Scope;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** Contracts that record how they were called and answer what the test said. */
final class Fakes {
  private final List<String> calls = new CopyOnWriteArrayList<>();

  /** What happened, as {@code method(arguments)}. */
  List<String> calls() {
    return calls;
  }

  /** What a method answers; it may throw. */
  @FunctionalInterface
  interface Answer {
    @Nullable Object to(Object[] arguments) throws Throwable;
  }

  /** An object whose methods answer by name; those without an answer return null or zero. */
  <T> T of(Class<T> type, Map<String, Answer> answers) {
    InvocationHandler handler =
        (proxy, method, arguments) -> {
          Object[] given = arguments == null ? new Object[0] : arguments;
          calls.add(method.getName() + Arrays.toString(given));
          Answer answer = answers.get(method.getName());
          if (answer != null) {
            return answer.to(given);
          }
          return method.getReturnType() == int.class ? 0 : null;
        };
    return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
  }

  /** A metadata plugin with one scope for everybody; who asked is recorded. */
  Metadata metadata(Map<String, Answer> scope) {
    Scope one = of(Scope.class, scope);
    return of(Metadata.class, Map.of("in", arguments -> recordCaller((Caller) arguments[0], one)));
  }

  private Scope recordCaller(Caller caller, Scope scope) {
    calls.add("caller " + caller.namespace() + " " + caller.leaseId());
    return scope;
  }
}
