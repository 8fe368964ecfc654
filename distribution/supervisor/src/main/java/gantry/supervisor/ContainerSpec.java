// SPDX-License-Identifier: Apache-2.0
package gantry.supervisor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What of a container's {@code config.json} (OCI runtime specification 1.2) has to be known to do
 * something to it without asking the runtime.
 *
 * @param ownPids whether the kernel ends all processes with the init process
 * @param hooksAtStart whether the runtime has something to run after the start
 * @param hooksAtEnd whether the runtime has something to run after the deletion
 * @param cache whether it has a group of its own for the processor's cache
 * @param cgroup the last name of its control groups; empty if it is the runtime's to choose
 */
record ContainerSpec(
    boolean ownPids, boolean hooksAtStart, boolean hooksAtEnd, boolean cache, String cgroup) {
  /** One of which nothing is known, so that nothing is taken for granted. */
  static final ContainerSpec UNKNOWN = new ContainerSpec(false, true, true, true, "");

  static ContainerSpec read(Path bundle) throws IOException {
    Object spec = Json.parse(Files.readString(bundle.resolve("config.json")));
    String path = Json.at(spec, "linux", "cgroupsPath").toString();
    return new ContainerSpec(
        hasOwnPids(Json.at(spec, "linux", "namespaces")),
        isGiven(Json.at(spec, "hooks", "poststart")),
        isGiven(Json.at(spec, "hooks", "poststop")),
        isGiven(Json.at(spec, "linux", "intelRdt")),
        path.substring(path.lastIndexOf('/') + 1));
  }

  private static boolean hasOwnPids(Object namespaces) {
    return namespaces instanceof List<?> list
        && list.stream()
            .anyMatch(one -> Json.at(one, "type").equals("pid") && Json.at(one, "path").equals(""));
  }

  private static boolean isGiven(Object value) {
    return !(value.equals("")
        || (value instanceof List<?> list && list.isEmpty())
        || (value instanceof Json.Word word && word.text().equals("null")));
  }
}
