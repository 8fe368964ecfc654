// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.explain;

import gantry.plugins.PluginDetail;
import gantry.plugins.PluginReference;
import gantry.plugins.PluginReference.Kind;
import gantry.plugins.PluginStatus;
import gantry.plugins.PluginStatus.State;
import gantry.plugins.PluginUri;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A plugin of which tests say only what matters to them. */
public final class Sample {
  /** When all of them came to be as they are, unless said otherwise. */
  public static final Instant EPOCH = Instant.parse("2026-03-01T10:00:00Z");

  private final String uri;
  private final List<PluginReference> references = new ArrayList<>();
  private List<String> offers = List.of();
  private State state = State.OK;
  private @Nullable String reason;
  private boolean pending;
  private Instant since = EPOCH;
  private String failure = "";
  private String sha256 = "";

  private Sample(String uri) {
    this.uri = uri;
  }

  /** A plugin that serves. */
  public static Sample plugin(String uri) {
    return new Sample(uri);
  }

  /** Interfaces it is registered under. */
  public Sample offers(String... contracts) {
    offers = List.of(contracts);
    return this;
  }

  /** It asks for a contract and has it. */
  public Sample has(String contract, String... providers) {
    return reference(Kind.CONTRACT, contract, "", false, true, List.of(providers));
  }

  /** It would use a contract; it has it if there are providers. */
  public Sample uses(String contract, String... providers) {
    return reference(Kind.CONTRACT, contract, "", true, providers.length > 0, List.of(providers));
  }

  /** It asks for a contract, of any plugin, and has it not. */
  public Sample lacks(String contract) {
    waits("waits for a plugin that offers " + contract);
    return reference(Kind.CONTRACT, contract, "", false, false, List.of());
  }

  /** It asks for a contract of one plugin, and has it not. */
  public Sample lacks(String contract, String plugin) {
    waits("waits for plugin " + plugin);
    return reference(Kind.CONTRACT, contract, plugin, false, false, List.of());
  }

  /** Any reference. */
  public Sample reference(
      Kind kind,
      String wanted,
      String plugin,
      boolean optional,
      boolean satisfied,
      List<String> providers) {
    references.add(
        new PluginReference(kind, wanted, plugin, optional, satisfied, List.copyOf(providers)));
    return this;
  }

  /** It waits. */
  public Sample waits(String reason) {
    this.pending = true;
    return is(State.ERROR, reason);
  }

  /** It does not serve. */
  public Sample is(State state, String reason) {
    this.state = state;
    this.reason = reason;
    return this;
  }

  /** Since when. */
  public Sample since(Instant since) {
    this.since = since;
    return this;
  }

  /** Its start failed. */
  public Sample failed(String reason, String trace) {
    this.failure = trace;
    return is(State.ERROR, reason);
  }

  /** It was installed. */
  public Sample installed(String sha256) {
    this.sha256 = sha256;
    return this;
  }

  /** As the inventory tells it. */
  public PluginDetail detail() {
    PluginUri parsed = PluginUri.parse(uri);
    return new PluginDetail(
        new PluginStatus(parsed, List.of(), List.of(), Map.of(), List.of(), state, reason),
        pending,
        since,
        "gantry.plugins." + parsed.id(),
        "1.2.0",
        sha256,
        offers,
        references,
        failure);
  }
}
