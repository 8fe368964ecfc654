// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.metadata;

import gantry.errors.AlreadyExistsException;
import gantry.errors.InvalidArgumentException;
import gantry.errors.NotFoundException;
import gantry.errors.UnimplementedException;
import gantry.filters.Filter;
import gantry.labels.Labels;
import gantry.leases.Lease;
import gantry.leases.LeaseResource;
import gantry.leases.Leases;
import gantry.metadata.Caller;
import gantry.oci.Digest;
import gantry.store.LabelColumn;
import gantry.store.Transaction;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.temporal.ChronoField;
import java.util.Base64;
import java.util.List;

/** The leases of one namespace. */
final class LeaseTable implements Leases {
  private final Database database;
  private final SecureRandom random;
  private final Caller caller;
  private final String namespace;

  LeaseTable(Database database, SecureRandom random, Caller caller) {
    this.database = database;
    this.random = random;
    this.caller = caller;
    this.namespace = caller.namespace().name();
  }

  @Override
  public Lease create(String id, Labels labels) {
    Instant now = database.now();
    Lease lease = new Lease(id.isEmpty() ? generateId(now) : id, now, labels);
    return database.write(
        tx -> {
          NamespaceTable.ensure(tx, caller.namespace());
          if (exists(tx, lease.id())) {
            throw new AlreadyExistsException("lease \"%s\": already exists".formatted(lease.id()));
          }
          tx.run(
              "INSERT INTO lease (ns, id, labels, created) VALUES (?, ?, ?, ?)",
              namespace,
              lease.id(),
              LabelColumn.encode(labels),
              lease.createdAt());
          return lease;
        });
  }

  @Override
  public void delete(String id) {
    database.write(
        tx -> {
          requireLease(tx, id);
          tx.run("DELETE FROM claim WHERE ns = ? AND lease = ?", namespace, id);
          return tx.run("DELETE FROM lease WHERE ns = ? AND id = ?", namespace, id);
        });
    database.countDeletion();
  }

  @Override
  public List<Lease> list(Filter filter) {
    List<Lease> all =
        database.read(
            tx ->
                tx.list(
                    "SELECT id, created, labels FROM lease WHERE ns = ? ORDER BY id",
                    row -> new Lease(row.text(1), row.time(2), LabelColumn.labels(row.text(3))),
                    namespace));
    return all.stream().filter(filter::matches).toList();
  }

  @Override
  public void add(String leaseId, LeaseResource resource) {
    database.write(
        tx -> {
          requireLease(tx, leaseId);
          requireKnown(resource);
          Claims.add(tx, namespace, leaseId, resource.type(), resource.id());
          return true;
        });
  }

  @Override
  public void remove(String leaseId, LeaseResource resource) {
    database.write(
        tx -> {
          requireLease(tx, leaseId);
          requireKnown(resource);
          Claims.remove(tx, namespace, leaseId, resource.type(), resource.id());
          return true;
        });
    database.countDeletion();
  }

  @Override
  public List<LeaseResource> resources(String leaseId) {
    return database.read(
        tx -> {
          requireLease(tx, leaseId);
          return tx.list(
              "SELECT type, id FROM claim WHERE ns = ? AND lease = ? ORDER BY type, id",
              row -> new LeaseResource(row.text(1), row.text(2)),
              namespace,
              leaseId);
        });
  }

  private boolean exists(Transaction tx, String id) {
    return tx.exists("SELECT 1 FROM lease WHERE ns = ? AND id = ?", namespace, id);
  }

  private void requireLease(Transaction tx, String id) {
    if (!exists(tx, id)) {
      throw new NotFoundException("lease \"%s\": not found".formatted(id));
    }
  }

  private static void requireKnown(LeaseResource resource) {
    String type = resource.type();
    switch (type) {
      case Claims.INGESTS, Claims.IMAGES -> {}
      case Claims.CONTENT -> Digest.parse(resource.id());
      default -> {
        if (type.startsWith(Claims.SNAPSHOTS_PREFIX) || type.equals("snapshots")) {
          requireSnapshots(type);
        } else {
          requireNoPart(type);
          throw new UnimplementedException("resource type %s not supported yet".formatted(type));
        }
      }
    }
  }

  private static void requireSnapshots(String type) {
    if (type.split("/", -1).length != 2) {
      throw new InvalidArgumentException("invalid snapshot resource type " + type);
    }
  }

  private static void requireNoPart(String type) {
    String first = type.split("/", -1)[0];
    if (List.of(Claims.CONTENT, Claims.INGESTS, Claims.IMAGES).contains(first)) {
      throw new InvalidArgumentException("invalid resource type " + type);
    }
  }

  private String generateId(Instant now) {
    byte[] bytes = new byte[3];
    random.nextBytes(bytes);
    return now.get(ChronoField.NANO_OF_SECOND) + "-" + Base64.getUrlEncoder().encodeToString(bytes);
  }
}
