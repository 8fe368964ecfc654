// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.metrics;

import gantry.errors.GantryException;
import gantry.filters.Filter;
import gantry.metadata.Caller;
import gantry.metadata.Metadata;
import gantry.metrics.MetricFamily;
import gantry.names.Namespace;
import gantry.namespaces.NamespaceInfo;
import gantry.plugins.Handle;
import gantry.runtime.TaskManager;
import gantry.runtime.TaskMetric;
import gantry.wire.TaskMetricWire;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the tasks of all namespaces consume. Safe for concurrent use. */
final class TaskNumbers {
  private static final Logger LOG = LoggerFactory.getLogger(TaskNumbers.class);

  private final Handle<Metadata> metadata;
  private final Handle<TaskManager> tasks;

  TaskNumbers(Handle<Metadata> metadata, Handle<TaskManager> tasks) {
    this.metadata = metadata;
    this.tasks = tasks;
  }

  List<Namespace> namespaces() {
    return metadata.call(
        m ->
            m.namespaces().list(Filter.ALL).stream()
                .map(NamespaceInfo::name)
                .map(Namespace::new)
                .toList());
  }

  /** The numbers of a namespace's tasks; those of tasks that do not answer are missing. */
  List<MetricFamily> of(Namespace namespace) {
    List<TaskMetric> metrics = tasks.call(t -> t.metrics(namespace, Filter.ALL));
    Map<String, String> runtimes = metrics.isEmpty() ? Map.of() : runtimes(namespace);
    List<MetricFamily> families = new ArrayList<>();
    for (TaskMetric metric : metrics) {
      TreeMap<String, String> labels = new TreeMap<>();
      labels.put("container_id", metric.id());
      labels.put("namespace", namespace.name());
      String runtime = runtimes.get(metric.id());
      if (runtime != null) {
        labels.put("runtime", runtime);
      }
      families.addAll(numbers(metric, labels));
    }
    return families;
  }

  private Map<String, String> runtimes(Namespace namespace) {
    Map<String, String> runtimes = new HashMap<>();
    try {
      metadata.run(
          m ->
              m.in(Caller.of(namespace))
                  .containers()
                  .walk(Filter.ALL, found -> runtimes.put(found.id(), found.runtime())));
    } catch (GantryException e) {
      LOG.warn("the numbers of tasks in {} are without their runtimes", namespace, e);
    }
    return runtimes;
  }

  private static List<MetricFamily> numbers(TaskMetric metric, Map<String, String> labels) {
    try {
      return TaskMetricWire.families(metric.data(), labels);
    } catch (GantryException e) {
      LOG.error("the numbers of task {} are left out", metric.id(), e);
      return List.of();
    }
  }
}
