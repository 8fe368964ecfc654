// SPDX-License-Identifier: Apache-2.0
package gantry.cli.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gantry.errors.NotFoundException;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ContainerUserTest {
  private final ContainerUser users =
      new ContainerUser(
          List.of("root:x:0:0:root:/root:/bin/sh", "broken", "app:x:1000:50::/:/bin/sh"),
          List.of("root:x:0:", "wheel:x:10:root,app", "staff:x:50:app", "x:x:60:other"));

  @Test
  void name_hasItsGroups() {
    assertThat(users.find("app"))
        .hasToString("{\"uid\":1000,\"gid\":50,\"additionalGids\":[50,10]}");
  }

  @Test
  void number_isKnownByItsEntry() {
    assertThat(users.find("0")).hasToString("{\"uid\":0,\"gid\":0,\"additionalGids\":[0,10]}");
  }

  @Test
  void unknownNumber_isTakenAsItIs() {
    assertThat(users.find("7:wheel")).hasToString("{\"uid\":7,\"gid\":10,\"additionalGids\":[10]}");
  }

  @Test
  void unknownNames_areNotFound() {
    assertThatThrownBy(() -> users.find("nobody")).isInstanceOf(NotFoundException.class);
    assertThatThrownBy(() -> users.find("0:nogroup")).isInstanceOf(NotFoundException.class);
  }
}
