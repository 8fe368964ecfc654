// SPDX-License-Identifier: Apache-2.0
package gantry.plugins;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks an interface through which one plugin serves others. For each service of such an interface
 * that has the property {@code plugin} the kernel publishes a {@link Handle}.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface Contract {}
