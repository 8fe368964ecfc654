// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gantry.errors.UnavailableException;
import gantry.registry.Registries;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class OpenRegistriesTest {
  private final List<String> called = new ArrayList<>();
  private final OpenRegistries open =
      new OpenRegistries(
          (Registries)
              Proxy.newProxyInstance(
                  Registries.class.getClassLoader(),
                  new Class<?>[] {Registries.class},
                  (proxy, method, arguments) -> {
                    called.add(method.getName());
                    return null;
                  }));

  @Test
  void close_withoutATransfer_closesAtOnce() {
    open.close();
    open.close();

    assertThat(called).containsExactly("close");
    assertThatThrownBy(open::enter).isInstanceOf(UnavailableException.class);
  }

  @Test
  void close_withTransfers_closesWhenTheLastHasEnded() {
    open.enter();
    open.enter();
    open.close();
    open.leave();
    assertThat(called).isEmpty();
    open.leave();

    assertThat(called).containsExactly("close");
  }
}
