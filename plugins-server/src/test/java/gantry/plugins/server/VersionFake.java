// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.server;

import com.google.protobuf.Empty;
import containerd.services.version.v1.VersionGrpc;
import containerd.services.version.v1.VersionResponse;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.atomic.AtomicInteger;

/** A service that fails when it is called after it was stopped. */
final class VersionFake extends VersionGrpc.VersionImplBase {
  private final String version;
  private final AtomicInteger calls = new AtomicInteger();
  private volatile boolean stopped;

  VersionFake(String version) {
    this.version = version;
  }

  void stop() {
    stopped = true;
  }

  int calls() {
    return calls.get();
  }

  @Override
  public void version(Empty request, StreamObserver<VersionResponse> answer) {
    calls.incrementAndGet();
    if (stopped) {
      answer.onError(Status.INTERNAL.withDescription("called after stop").asException());
      return;
    }
    answer.onNext(VersionResponse.newBuilder().setVersion(version).build());
    answer.onCompleted();
  }
}
