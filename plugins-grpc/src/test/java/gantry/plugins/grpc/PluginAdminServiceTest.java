// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gantry.errors.FailedPreconditionException;
import gantry.plugins.ChangeOptions;
import gantry.plugins.ChangeStep;
import gantry.plugins.ConfigDifference;
import gantry.plugins.HandleStatus;
import gantry.plugins.PluginBundle;
import gantry.plugins.PluginChange;
import gantry.plugins.PluginChanges;
import gantry.plugins.PluginDetail;
import gantry.plugins.PluginGuide;
import gantry.plugins.PluginInventory;
import gantry.plugins.PluginSettings;
import gantry.plugins.PluginStatus;
import gantry.plugins.PluginTraffic;
import gantry.plugins.PluginUri;
import gantry.testkit.FixedHandle;
import gantry.wire.PluginAdminWire;
import gantry.wire.PluginChangeWire;
import io.gantry.admin.v1.BundlesRequest;
import io.gantry.admin.v1.ChangeFlags;
import io.gantry.admin.v1.ChangeResponse;
import io.gantry.admin.v1.GraphRequest;
import io.gantry.admin.v1.HistoryRequest;
import io.gantry.admin.v1.JarRequest;
import io.gantry.admin.v1.ListPluginsRequest;
import io.gantry.admin.v1.NameRequest;
import io.gantry.admin.v1.PluginsGrpc;
import io.gantry.admin.v1.ReloadRequest;
import io.gantry.admin.v1.TrafficRequest;
import io.gantry.admin.v1.WhyRequest;
import io.grpc.Context;
import io.grpc.Context.CancellableContext;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class PluginAdminServiceTest {
  private static final ChangeStep READ =
      new ChangeStep(ChangeStep.Name.READ, "plugin x", Duration.ofMillis(2));
  private static final PluginChange DONE =
      new PluginChange(
          Instant.EPOCH.plusNanos(1),
          PluginChange.Kind.SWAP,
          "b",
          List.of("io.x.y.v1.z"),
          "1",
          "2",
          "ab",
          PluginChange.Outcome.DONE,
          "");

  private final Fakes fakes = new Fakes();

  private PluginAdminService service(Map<String, Fakes.Answer> answers) {
    return new PluginAdminService(
        fakes.of(PluginInventory.class, answers),
        fakes.of(PluginChanges.class, answers),
        fakes.of(PluginSettings.class, answers),
        fakes.of(PluginTraffic.class, answers));
  }

  private static PluginsGrpc.PluginsBlockingStub stub(Served served) {
    return PluginsGrpc.newBlockingStub(served.channel());
  }

  private static List<ChangeResponse> all(Iterator<ChangeResponse> answers) {
    List<ChangeResponse> all = new ArrayList<>();
    answers.forEachRemaining(all::add);
    return all;
  }

  @SuppressWarnings("unchecked")
  private static Consumer<ChangeStep> steps(Object[] arguments) {
    return (Consumer<ChangeStep>) arguments[2];
  }

  private static PluginChange change(Object[] arguments) {
    steps(arguments).accept(READ);
    return DONE;
  }

  @Test
  void everyChange_tellsItsSteps_thenWhatCameOfIt() throws Exception {
    PluginAdminService service =
        service(
            Map.of(
                "swap", PluginAdminServiceTest::change,
                "install", PluginAdminServiceTest::change,
                "rollback", PluginAdminServiceTest::change,
                "remove", PluginAdminServiceTest::change));
    ChangeFlags flags = ChangeFlags.newBuilder().setDryRun(true).setForce(true).build();
    JarRequest jar =
        JarRequest.newBuilder().setLocation("/x.jar").setSha256("cd").setFlags(flags).build();
    NameRequest name = NameRequest.newBuilder().setName("n").setFlags(flags).build();
    try (Served served = Served.withoutNamespace(service)) {
      for (List<ChangeResponse> answers :
          List.of(
              all(stub(served).swap(jar)),
              all(stub(served).install(jar)),
              all(stub(served).rollback(name)),
              all(stub(served).remove(name)))) {
        assertThat(answers).hasSize(2);
        assertThat(PluginChangeWire.decode(answers.getFirst().getStep())).isEqualTo(READ);
        assertThat(PluginChangeWire.decode(answers.getLast().getChange())).isEqualTo(DONE);
      }
    }
    assertThat(fakes.calls())
        .hasSize(4)
        .allMatch(call -> call.contains(new ChangeOptions(true, true).toString()))
        .anyMatch(call -> call.startsWith("swap[BundleSource[location=/x.jar, sha256=cd]"))
        .anyMatch(call -> call.startsWith("rollback[n, "));
  }

  @Test
  void changeThatFails_endsWithTheReason_afterItsSteps() throws Exception {
    PluginAdminService service =
        service(
            Map.of(
                "swap",
                arguments -> {
                  steps(arguments).accept(READ);
                  throw new FailedPreconditionException("swap b: check: disk is full");
                }));
    try (Served served = Served.withoutNamespace(service)) {
      Iterator<ChangeResponse> answers = stub(served).swap(JarRequest.getDefaultInstance());
      assertThat(answers.next().hasStep()).isTrue();
      assertThatThrownBy(answers::hasNext)
          .isInstanceOfSatisfying(
              StatusRuntimeException.class,
              e -> {
                assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION);
                assertThat(e.getStatus().getDescription()).contains("disk is full");
              });
    }
  }

  @Test
  void changeThatBreaks_isNotWaitedForInVain() throws Exception {
    PluginAdminService service =
        service(
            Map.of(
                "remove",
                arguments -> {
                  throw new IllegalStateException("oops");
                }));
    try (Served served = Served.withoutNamespace(service)) {
      assertThatThrownBy(() -> all(stub(served).remove(NameRequest.getDefaultInstance())))
          .isInstanceOf(StatusRuntimeException.class)
          .hasMessageContaining("oops");
    }
  }

  @Test
  void change_goesOnWithoutItsClient() throws Exception {
    CountDownLatch left = new CountDownLatch(1);
    CountDownLatch ended = new CountDownLatch(1);
    PluginAdminService service =
        service(
            Map.of(
                "swap",
                arguments -> {
                  steps(arguments).accept(READ);
                  assertThat(left.await(30, TimeUnit.SECONDS)).isTrue();
                  steps(arguments).accept(READ);
                  ended.countDown();
                  return DONE;
                }));
    try (Served served = Served.withoutNamespace(service);
        CancellableContext client = Context.current().withCancellation()) {
      client.run(
          () ->
              assertThat(stub(served).swap(JarRequest.getDefaultInstance()).next().hasStep())
                  .isTrue());
      client.cancel(null);
      left.countDown();
      assertThat(ended.await(30, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void listings_comeAsTheKernelHasThem() throws Exception {
    PluginDetail detail =
        new PluginDetail(
            new PluginStatus(
                new PluginUri("io.x.y.v1", "z"),
                List.of(),
                List.of(),
                Map.of(),
                List.of(),
                PluginStatus.State.OK,
                null),
            false,
            Instant.EPOCH.plusNanos(1),
            "b",
            "1",
            "",
            List.of(),
            List.of(),
            "");
    PluginBundle bundle = new PluginBundle("b", "1", "active", PluginBundle.Origin.SHIPPED);
    HandleStatus handle =
        new HandleStatus("p", "c", 1, 2, 3, 4, 5, true, Duration.ofNanos(6), Duration.ofNanos(7));
    ConfigDifference difference =
        new ConfigDifference("k", "1", "2", ConfigDifference.Effect.RESTART);
    PluginAdminService service =
        service(
            Map.of(
                "details", arguments -> List.of(detail),
                "bundles", arguments -> List.of(bundle),
                "handles", arguments -> List.of(handle),
                "history", arguments -> List.of(DONE),
                "reload", arguments -> List.of(difference)));
    try (Served served = Served.withoutNamespace(service)) {
      var plugins = stub(served);
      assertThat(plugins.list(ListPluginsRequest.getDefaultInstance()).getPluginsList())
          .containsExactly(PluginAdminWire.encode(detail));
      assertThat(plugins.bundles(BundlesRequest.getDefaultInstance()).getBundlesList())
          .containsExactly(PluginAdminWire.encode(bundle));
      assertThat(plugins.traffic(TrafficRequest.getDefaultInstance()).getHandlesList())
          .containsExactly(PluginAdminWire.encode(handle));
      assertThat(plugins.history(HistoryRequest.getDefaultInstance()).getChangesList())
          .containsExactly(PluginChangeWire.encode(DONE));
      assertThat(
              plugins
                  .reload(ReloadRequest.newBuilder().setDryRun(true).build())
                  .getDifferencesList())
          .containsExactly(PluginAdminWire.encode(difference));
    }
    assertThat(fakes.calls()).contains("reload[true]");
  }

  @Test
  void guide_isAskedWhenThereIsOne_andMissedWhenNot() throws Exception {
    PluginAdminService service = service(Map.of());
    FixedHandle<PluginGuide> guide =
        FixedHandle.of(
            fakes.of(
                PluginGuide.class,
                Map.of(
                    "why", arguments -> "because " + arguments[0],
                    "graph", arguments -> "as " + arguments[0])));
    try (Served served = Served.withoutNamespace(service)) {
      assertThatThrownBy(() -> stub(served).why(WhyRequest.getDefaultInstance()))
          .isInstanceOf(StatusRuntimeException.class)
          .hasMessageContaining("gantry.plugins.explain");
      service.bindGuide(guide);
      assertThat(stub(served).why(WhyRequest.newBuilder().setPlugin("x").build()).getText())
          .isEqualTo("because x");
      assertThat(
              stub(served)
                  .graph(GraphRequest.newBuilder().setFormat(GraphRequest.Format.DOT).build())
                  .getText())
          .isEqualTo("as DOT");
      service.unbindGuide(guide);
      assertThatThrownBy(() -> stub(served).why(WhyRequest.getDefaultInstance()))
          .isInstanceOf(StatusRuntimeException.class);
    }
  }
}
