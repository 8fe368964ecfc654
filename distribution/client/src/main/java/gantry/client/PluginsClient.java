// SPDX-License-Identifier: Apache-2.0
package gantry.client;

import gantry.errors.InternalException;
import gantry.plugins.BundleSource;
import gantry.plugins.ChangeOptions;
import gantry.plugins.ChangeStep;
import gantry.plugins.ConfigDifference;
import gantry.plugins.HandleStatus;
import gantry.plugins.PluginBundle;
import gantry.plugins.PluginChange;
import gantry.plugins.PluginDetail;
import gantry.plugins.PluginGuide;
import gantry.wire.PluginAdminWire;
import gantry.wire.PluginChangeWire;
import io.gantry.admin.v1.BundlesRequest;
import io.gantry.admin.v1.ChangeResponse;
import io.gantry.admin.v1.HistoryRequest;
import io.gantry.admin.v1.ListPluginsRequest;
import io.gantry.admin.v1.PluginsGrpc;
import io.gantry.admin.v1.ReloadRequest;
import io.gantry.admin.v1.TrafficRequest;
import io.gantry.admin.v1.WhyRequest;
import io.grpc.MethodDescriptor;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;

/**
 * The daemon's plugins and their replacement. A change that has begun goes on in the daemon, also
 * if the caller's deadline passes or the caller leaves; {@link #history} tells what came of it.
 * Every method throws {@link gantry.errors.UnimplementedException} if the daemon is not Gantry.
 */
public final class PluginsClient {
  private final Wire wire;

  PluginsClient(Wire wire) {
    this.wire = wire;
  }

  /** All plugins by type and id. */
  public List<PluginDetail> list() {
    return wire
        .call(PluginsGrpc.getListMethod(), ListPluginsRequest.getDefaultInstance())
        .getPluginsList()
        .stream()
        .map(PluginAdminWire::decode)
        .toList();
  }

  /** All bundles by name. */
  public List<PluginBundle> bundles() {
    return wire
        .call(PluginsGrpc.getBundlesMethod(), BundlesRequest.getDefaultInstance())
        .getBundlesList()
        .stream()
        .map(PluginAdminWire::decode)
        .toList();
  }

  /**
   * Puts a jar in the place of the bundle whose symbolic name it has.
   *
   * @param steps is told of each step when it is over, in the caller's thread
   * @throws gantry.errors.FailedPreconditionException if it was refused or undone
   * @throws gantry.errors.InvalidArgumentException if the jar cannot be taken
   */
  public PluginChange swap(BundleSource source, ChangeOptions options, Consumer<ChangeStep> steps) {
    return change(PluginsGrpc.getSwapMethod(), PluginChangeWire.encode(source, options), steps);
  }

  /**
   * Installs and starts a bundle. Failures as of {@link #swap}.
   *
   * @throws gantry.errors.AlreadyExistsException if a bundle of that name is there
   */
  public PluginChange install(
      BundleSource source, ChangeOptions options, Consumer<ChangeStep> steps) {
    return change(PluginsGrpc.getInstallMethod(), PluginChangeWire.encode(source, options), steps);
  }

  /**
   * Goes back to the version before. Failures as of {@link #swap}.
   *
   * @param name URI of a plugin, or symbolic name of its bundle
   */
  public PluginChange rollback(String name, ChangeOptions options, Consumer<ChangeStep> steps) {
    return change(PluginsGrpc.getRollbackMethod(), PluginChangeWire.encode(name, options), steps);
  }

  /**
   * Removes a bundle, or what was put in the place of one that ships. Failures as of {@link #swap}.
   *
   * @param name URI of a plugin, or symbolic name of its bundle
   */
  public PluginChange remove(String name, ChangeOptions options, Consumer<ChangeStep> steps) {
    return change(PluginsGrpc.getRemoveMethod(), PluginChangeWire.encode(name, options), steps);
  }

  private <Q> PluginChange change(
      MethodDescriptor<Q, ChangeResponse> method, Q request, Consumer<ChangeStep> steps) {
    Iterator<ChangeResponse> answers = wire.list(method, request);
    while (answers.hasNext()) {
      ChangeResponse answer = answers.next();
      if (answer.hasChange()) {
        return PluginChangeWire.decode(answer.getChange());
      }
      steps.accept(PluginChangeWire.decode(answer.getStep()));
    }
    throw new InternalException("change plugins: the daemon ended without saying what came of it");
  }

  /** What was done and tried, oldest first. */
  public List<PluginChange> history() {
    return wire
        .call(PluginsGrpc.getHistoryMethod(), HistoryRequest.getDefaultInstance())
        .getChangesList()
        .stream()
        .map(PluginChangeWire::decode)
        .toList();
  }

  /**
   * Why a plugin is as it is, in words.
   *
   * @param plugin its URI, or its id if only one has it
   * @throws gantry.errors.NotFoundException if there is none
   */
  public String why(String plugin) {
    return wire.call(PluginsGrpc.getWhyMethod(), WhyRequest.newBuilder().setPlugin(plugin).build())
        .getText();
  }

  /** Who asks whom for what. */
  public String graph(PluginGuide.Format format) {
    return wire.call(PluginsGrpc.getGraphMethod(), PluginAdminWire.encode(format)).getText();
  }

  /**
   * Has the daemon read its configuration files again.
   *
   * @return what differs
   * @throws gantry.errors.InvalidArgumentException if they cannot be taken
   * @throws gantry.errors.FailedPreconditionException if a plugin does not start with them
   */
  public List<ConfigDifference> reload(boolean isDryRun) {
    return wire
        .callLong(
            PluginsGrpc.getReloadMethod(), ReloadRequest.newBuilder().setDryRun(isDryRun).build())
        .getDifferencesList()
        .stream()
        .map(PluginAdminWire::decode)
        .toList();
  }

  /** How the calls between plugins go, by plugin and contract. */
  public List<HandleStatus> traffic() {
    return wire
        .call(PluginsGrpc.getTrafficMethod(), TrafficRequest.getDefaultInstance())
        .getHandlesList()
        .stream()
        .map(PluginAdminWire::decode)
        .toList();
  }
}
