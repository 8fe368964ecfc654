// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.server;

import com.google.protobuf.Empty;
import containerd.services.version.v1.VersionGrpc;
import containerd.services.version.v1.VersionResponse;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;

/** A service that fails when it is called after it was stopped. */
final class VersionFake extends VersionGrpc.VersionImplBase {
  private final String version;
  private volatile boolean stopped;

  VersionFake(String version) {
    this.version = version;
  }

  void stop() {
    stopped = true;
  }

  @Override
  public void version(Empty request, StreamObserver<VersionResponse> answer) {
    if (stopped) {
      answer.onError(Status.INTERNAL.withDescription("called after stop").asException());
      return;
    }
    answer.onNext(VersionResponse.newBuilder().setVersion(version).build());
    answer.onCompleted();
  }
}
