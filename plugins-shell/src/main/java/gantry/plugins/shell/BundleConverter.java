// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.shell;

import java.util.Arrays;
import org.apache.felix.service.command.Converter;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;

/** Makes a bundle of its number or its symbolic name; Gogo without its own shell cannot. */
@Component(property = "osgi.converter.classes=org.osgi.framework.Bundle")
public final class BundleConverter implements Converter {
  private final BundleContext context;

  /** Converts to the bundles of a framework. */
  @Activate
  public BundleConverter(BundleContext context) {
    this.context = context;
  }

  @Override
  public @Nullable Object convert(Class<?> type, Object value) {
    if (type != Bundle.class) {
      return null;
    }
    String text = value.toString();
    if (!text.isEmpty() && text.chars().allMatch(Character::isDigit)) {
      return context.getBundle(Long.parseLong(text));
    }
    return Arrays.stream(context.getBundles())
        .filter(bundle -> text.equals(bundle.getSymbolicName()))
        .findFirst()
        .orElse(null);
  }

  @Override
  public @Nullable CharSequence format(Object value, int level, Converter others) {
    return null;
  }
}
