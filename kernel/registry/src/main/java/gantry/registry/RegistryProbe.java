// SPDX-License-Identifier: Apache-2.0
package gantry.registry;

import gantry.errors.GantryException;
import gantry.transfer.RegistryImage;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Tries every host of an image, also those a pull would not come to, and tells what each says: for
 * those who set up mirrors. Safe for concurrent use.
 */
public final class RegistryProbe {
  private final HttpRegistries registries;

  /** Asks as these registries would. */
  public RegistryProbe(HttpRegistries registries) {
    this.registries = registries;
  }

  /**
   * Asks each host for its API and for the manifest.
   *
   * @throws gantry.errors.InvalidArgumentException if reference or {@code hosts.toml} are malformed
   */
  public List<ProbeStep> probe(RegistryImage image) {
    HttpRepository repository = registries.opened(image);
    List<ProbeStep> steps = new ArrayList<>();
    for (Session session : repository.sessions()) {
      Endpoint endpoint = session.endpoint();
      steps.add(
          step(
              session,
              repository.reference(),
              "GET",
              URI.create(endpoint.origin() + endpoint.root() + "/")));
      Reference reference = repository.reference();
      String name =
          String.valueOf(reference.digest() == null ? reference.tag() : reference.digest());
      URI manifest = session.uri("manifests/" + name);
      Capability needed = reference.digest() == null ? Capability.RESOLVE : Capability.PULL;
      steps.add(
          endpoint.has(needed)
              ? step(session, reference, "HEAD", manifest)
              : new ProbeStep(
                  endpoint.origin(),
                  "HEAD " + HttpLog.shown(manifest),
                  0,
                  "",
                  "",
                  "not asked: hosts.toml does not let it "
                      + needed.name().toLowerCase(Locale.ROOT)));
    }
    return List.copyOf(steps);
  }

  private static ProbeStep step(Session session, Reference reference, String method, URI uri) {
    String origin = session.endpoint().origin();
    String request = method + " " + HttpLog.shown(uri);
    Call call = Call.of(method, uri).header("Accept", Resolving.ACCEPT);
    try (Answer answer = session.send(call, Scopes.pull(reference), false)) {
      String outcome =
          answer.good()
              ? answer.header("Docker-Content-Digest").orElse("ok")
              : StatusErrors.of("", answer).getMessage();
      return new ProbeStep(
          origin, request, answer.status(), answer.authorization(), answer.tls(), outcome);
    } catch (GantryException e) {
      return new ProbeStep(origin, request, 0, "", "", e.getMessage());
    } catch (IOException e) {
      return new ProbeStep(
          origin, request, 0, "", "", session.unreachable("probe", e).getMessage());
    }
  }
}
