// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.transfer.progress;

import gantry.oci.Descriptor;
import gantry.oci.Digest;
import gantry.plugins.transfer.store.RefKeys;
import gantry.transfer.Progress;
import gantry.transfer.ProgressListener;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells a listener of the objects of one transfer: a change of state at once, how far each is every
 * {@value #TICK_MILLIS} ms. The listener is called from one thread only, which a slow one holds up
 * without holding up the transfer. Safe for concurrent use.
 */
public final class ProgressTracker implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ProgressTracker.class);
  private static final int TICK_MILLIS = 300;
  private static final int BACKLOG = 4096;
  private static final int LAST_SECONDS = 10;

  private final String root;
  private final String moving;
  private final ProgressListener listener;
  private final Map<Digest, Job> jobs = new ConcurrentHashMap<>();
  private final BlockingQueue<Runnable> changes = new ArrayBlockingQueue<>(BACKLOG);
  private final AtomicBoolean ending = new AtomicBoolean();
  private final Thread thread;

  /**
   * Begins.
   *
   * @param root name of the image
   * @param moving the word for an object whose bytes move, for example {@code downloading}
   */
  public ProgressTracker(String root, String moving, ProgressListener listener) {
    this.root = root;
    this.moving = moving;
    this.listener = listener;
    this.thread = Thread.ofVirtual().name("progress").start(this::run);
  }

  /** A step of the transfer as a whole. */
  public void tell(Progress progress) {
    change(() -> listener.progressed(progress));
  }

  /** An object will be transferred; only the first call for it counts. */
  public void add(Descriptor descriptor, List<Descriptor> parents) {
    List<String> names =
        parents.isEmpty() ? List.of(root) : parents.stream().map(RefKeys::of).toList();
    Job job = new Job(RefKeys.of(descriptor), names, descriptor);
    if (jobs.putIfAbsent(descriptor.digest(), job) == null) {
      change(() -> send("waiting", job, 0));
    }
  }

  /** Where to see how far an object is. */
  public void follow(Descriptor descriptor, LongSupplier offset) {
    job(descriptor).follow(offset);
  }

  /** The object is where it goes already. */
  public void exists(Descriptor descriptor) {
    Job job = job(descriptor);
    if (job.store()) {
      change(
          () ->
              listener.progressed(
                  new Progress(
                      "already exists",
                      job.name(),
                      List.of(),
                      descriptor.size(),
                      descriptor.size(),
                      descriptor)));
    }
  }

  /** The object has arrived. */
  public void complete(Descriptor descriptor) {
    Job job = job(descriptor);
    if (job.store()) {
      change(() -> send("complete", job, descriptor.size()));
    }
  }

  /** The layer is being unpacked; so many of its bytes have been. */
  public void extracting(Descriptor descriptor, long offset) {
    job(descriptor).extract(offset);
  }

  /** The layer has been unpacked. */
  public void extracted(Descriptor descriptor) {
    Job job = job(descriptor);
    change(
        () -> {
          job.finish();
          send("extracted", job, descriptor.size());
        });
  }

  private Job job(Descriptor descriptor) {
    return jobs.computeIfAbsent(
        descriptor.digest(), d -> new Job(RefKeys.of(descriptor), List.of(root), descriptor));
  }

  private void change(Runnable change) {
    if (!changes.offer(change)) {
      log.debug("progress of {}: the listener is slow, a step is left out", root);
    }
  }

  private void send(String event, Job job, long offset) {
    Descriptor descriptor = job.descriptor();
    listener.progressed(
        new Progress(event, job.name(), job.parents(), offset, descriptor.size(), descriptor));
  }

  private void run() {
    try {
      long tick = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(TICK_MILLIS);
      while (!ending.get()) {
        Runnable change = changes.poll(tick - System.nanoTime(), TimeUnit.NANOSECONDS);
        if (change != null) {
          change.run();
        }
        if (System.nanoTime() >= tick) {
          tick();
          tick = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(TICK_MILLIS);
        }
      }
    } catch (InterruptedException e) {
      log.debug("progress of {}: interrupted", root);
    } catch (RuntimeException e) {
      // whoever listened is gone; the transfer goes on without
      log.debug("progress of {}: {}", root, e.toString());
    }
  }

  private void tick() {
    for (Job job : jobs.values()) {
      long offset = job.moved();
      if (offset >= 0) {
        send(job.isExtracting() ? "extracting" : moving, job, offset);
      }
    }
  }

  /** Returns when the listener has heard all, or after a while if it does not listen. */
  @Override
  public void close() {
    if (!changes.offer(() -> ending.set(true))) {
      ending.set(true);
    }
    boolean interrupted = Thread.interrupted();
    try {
      if (!thread.join(java.time.Duration.ofSeconds(LAST_SECONDS))) {
        log.debug("progress of {}: the listener does not take the rest", root);
        thread.interrupt();
      }
    } catch (InterruptedException e) {
      interrupted = true;
      thread.interrupt();
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
