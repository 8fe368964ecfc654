// SPDX-License-Identifier: Apache-2.0
package gantry.boot.handles;

import gantry.plugins.Admitted;
import gantry.plugins.Handle;
import gantry.plugins.Takeover;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongPredicate;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.ServiceRegistration;

/**
 * Publishes an {@link Admitted} for each service of plugins that a server serves to clients. Safe
 * for concurrent use.
 */
final class Admissions {
  /**
   * What servers serve, by name, since the kernel does not talk on any wire; and what the kernel
   * tells when it may take work from outside.
   */
  private static final List<String> SERVED =
      List.of("io.grpc.BindableService", Takeover.class.getName());

  private final BundleContext context;
  private final LongPredicate held;
  private final Map<ServiceReference<?>, Admission> admissions = new LinkedHashMap<>();

  /**
   * Admits nothing yet.
   *
   * @param held whether a bundle is not to be heard of yet, by its id
   */
  Admissions(BundleContext context, LongPredicate held) {
    this.context = context;
    this.held = held;
  }

  static boolean concerns(ServiceReference<?> reference) {
    return served(reference) != null;
  }

  private static @Nullable String served(ServiceReference<?> reference) {
    if (reference.getProperty(Constants.OBJECTCLASS) instanceof String[] names) {
      return Arrays.stream(names).filter(SERVED::contains).findFirst().orElse(null);
    }
    return null;
  }

  /** A service came, or changed its properties; false if it could not be had. */
  boolean arrived(ServiceReference<?> reference) {
    Admission admission = obtain(reference);
    if (admission == null) {
      return false;
    }
    if (!held.test(admission.bundle)) {
      admission.publish(context);
    }
    return true;
  }

  /** A service goes: returns when its server has let go of it. */
  void left(ServiceReference<?> reference) {
    Admission admission;
    synchronized (admissions) {
      admission = admissions.remove(reference);
    }
    if (admission != null) {
      admission.end();
      context.ungetService(reference);
    }
  }

  /** Publishes all of a bundle that are not. */
  void publish(long bundle) {
    select(admission -> admission.bundle == bundle).forEach(a -> a.publish(context));
  }

  /**
   * Withdraws all of a bundle, each in a thread of its own: servers wait there for calls. Virtual
   * threads would keep their carriers while they wait, for they are called by reflection, and the
   * calls that are waited for need those.
   */
  List<Thread> withdraw(long bundle) {
    return select(admission -> admission.bundle == bundle).stream()
        .map(
            admission ->
                Thread.ofPlatform().daemon().name("retire-server").start(admission::withdraw))
        .toList();
  }

  /** Withdraws all. */
  void close() {
    select(_ -> true).forEach(Admission::end);
  }

  private @Nullable Admission obtain(ServiceReference<?> reference) {
    synchronized (admissions) {
      Admission known = admissions.get(reference);
      if (known != null) {
        return known;
      }
    }
    Object service = context.getService(reference);
    if (service == null) {
      return null;
    }
    synchronized (admissions) {
      return admissions.computeIfAbsent(reference, _ -> new Admission(reference, service));
    }
  }

  private List<Admission> select(Predicate<Admission> which) {
    synchronized (admissions) {
      return new ArrayList<>(admissions.values().stream().filter(which).toList());
    }
  }

  /** One service and its registration; the lock is never held while anybody is told. */
  private static final class Admission implements Admitted<Object> {
    private final ServiceReference<?> reference;
    private final Object service;
    private final long bundle;
    private @Nullable ServiceRegistration<?> registration;
    private boolean wanted;
    private boolean ended;

    Admission(ServiceReference<?> reference, Object service) {
      this.reference = reference;
      this.service = service;
      this.bundle = Provider.bundle(reference);
    }

    @Override
    public Object provider() {
      return service;
    }

    void publish(BundleContext context) {
      synchronized (this) {
        if (wanted || ended) {
          return;
        }
        wanted = true;
      }
      String plugin = String.valueOf(reference.getProperty(Handle.PLUGIN));
      ServiceRegistration<?> fresh =
          context.registerService(
              Admitted.class,
              this,
              FrameworkUtil.asDictionary(
                  Published.properties(reference, String.valueOf(served(reference)), plugin)));
      synchronized (this) {
        if (wanted) {
          registration = fresh;
          return;
        }
      }
      Published.withdraw(fresh);
    }

    void withdraw() {
      ServiceRegistration<?> published;
      synchronized (this) {
        wanted = false;
        published = registration;
        registration = null;
      }
      if (published != null) {
        Published.withdraw(published);
      }
    }

    void end() {
      synchronized (this) {
        ended = true;
      }
      withdraw();
    }
  }
}
