// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.shell;

import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The kernel's services, which answer by method what a test says and remember the calls. */
final class FakeKernel {
  private final Map<String, Function<Object[], @Nullable Object>> answers;
  private final List<String> calls = new CopyOnWriteArrayList<>();

  FakeKernel(Map<String, Function<Object[], @Nullable Object>> answers) {
    this.answers = answers;
  }

  /** A service; methods without an answer return null. */
  <T> T service(Class<T> type) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) -> {
              Object[] given = arguments == null ? new Object[0] : arguments;
              calls.add(method.getName() + Arrays.toString(given));
              Function<Object[], @Nullable Object> answer = answers.get(method.getName());
              return answer == null ? null : answer.apply(given);
            }));
  }

  /** What was called, as {@code method[arguments]}. */
  List<String> calls() {
    return calls;
  }
}
