// SPDX-License-Identifier: Apache-2.0
package gantry.plugins;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.osgi.service.component.annotations.ComponentPropertyType;

/**
 * Makes a Declarative Services component a plugin: a row in the inventory. The component's name
 * must be the same URI.
 */
@ComponentPropertyType
@Retention(RetentionPolicy.CLASS)
@Target(ElementType.TYPE)
public @interface Plugin {
  /** The URI {@code <type>.<id>}, for example {@code io.containerd.snapshotter.v1.overlayfs}. */
  String value();

  /** The types of plugins it needs, for the inventory. */
  String[] plugin_requires() default {};

  /** Whether it depends on the platform; the inventory then shows the host's. */
  boolean plugin_platform() default false;

  /**
   * Whether only one version of it may be active at a time. A swap then stops the old one before it
   * starts the new, and calls wait meanwhile; otherwise both are active for a moment, on the same
   * directories.
   */
  boolean plugin_exclusive() default false;
}
