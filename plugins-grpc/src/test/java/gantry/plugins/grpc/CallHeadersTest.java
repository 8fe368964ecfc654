// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gantry.errors.FailedPreconditionException;
import gantry.metadata.Caller;
import io.grpc.Metadata;
import org.junit.jupiter.api.Test;

class CallHeadersTest {
  @Test
  void headerThatComesTwice_countsOnceAndFirst() {
    Metadata headers = new Metadata();
    headers.put(CallHeaders.NAMESPACE, "inner");
    headers.put(CallHeaders.NAMESPACE, "outer");
    headers.put(CallHeaders.LEASE, "inner-lease");
    headers.put(CallHeaders.LEASE, "outer-lease");

    Caller caller = CallHeaders.of(headers).caller();
    assertThat(caller.namespace().name()).isEqualTo("inner");
    assertThat(caller.leaseId()).isEqualTo("inner-lease");
  }

  @Test
  void missingNamespace_isRefusedAndAnEmptyLeaseIsNone() {
    assertThatThrownBy(() -> CallHeaders.of(new Metadata()).namespace())
        .isInstanceOf(FailedPreconditionException.class)
        .hasMessageContaining("namespace is required");
    Metadata headers = new Metadata();
    headers.put(CallHeaders.NAMESPACE, "ns");
    headers.put(CallHeaders.LEASE, "");

    assertThat(CallHeaders.of(headers).caller().leaseId()).isNull();
  }
}
