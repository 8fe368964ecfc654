// SPDX-License-Identifier: Apache-2.0
package gantry.plugins;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.osgi.service.component.annotations.ComponentPropertyType;

/**
 * On a component that serves gRPC: calls which may go on in it after it was stopped, because they
 * need nothing of it that stops. They are streams and waits that would hold up its replacement or
 * be cut off by it; new calls go to the next version meanwhile.
 */
@ComponentPropertyType
@Retention(RetentionPolicy.CLASS)
@Target(ElementType.TYPE)
public @interface OutlivingCalls {
  /** The service property this becomes. */
  String PROPERTY = "outliving.calls";

  /** Names of methods without the service's, for example {@code Subscribe}. */
  String[] value();
}
