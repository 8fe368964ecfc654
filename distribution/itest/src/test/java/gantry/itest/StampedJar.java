// SPDX-License-Identifier: Apache-2.0
package gantry.itest;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.attribute.ConstantValueAttribute;
import java.lang.constant.ConstantDescs;
import java.lang.reflect.AccessFlag;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;

/**
 * A shipped jar made again as another version: a newer number, and every class in it with a
 * constant that no other version has.
 *
 * @param name symbolic name of the bundle
 */
record StampedJar(String name, String version, Path path) {
  private static final String FIELD = "GANTRY_STAMP";

  /** Makes version {@code 0.1.<number>}, which is newer than what ships if the number is not 0. */
  static StampedJar make(Path shipped, int number, Path directory) throws IOException {
    String version = "0.1." + number;
    try (JarFile jar = new JarFile(shipped.toFile())) {
      Manifest manifest = new Manifest(jar.getManifest());
      Attributes main = manifest.getMainAttributes();
      main.putValue("Bundle-Version", version);
      String name = main.getValue("Bundle-SymbolicName");
      Path path = directory.resolve(name + "-" + version + ".jar");
      try (OutputStream file = Files.newOutputStream(path);
          JarOutputStream out = new JarOutputStream(file, manifest)) {
        copy(jar, out, version);
      }
      return new StampedJar(name, version, path);
    }
  }

  private static void copy(JarFile jar, JarOutputStream out, String version) throws IOException {
    Enumeration<JarEntry> entries = jar.entries();
    while (entries.hasMoreElements()) {
      JarEntry entry = entries.nextElement();
      if (entry.getName().equals(JarFile.MANIFEST_NAME)) {
        continue;
      }
      out.putNextEntry(new JarEntry(entry.getName()));
      try (InputStream in = jar.getInputStream(entry)) {
        byte[] bytes = in.readAllBytes();
        out.write(entry.getName().endsWith(".class") ? stamp(bytes, version) : bytes);
      }
      out.closeEntry();
    }
  }

  private static byte[] stamp(byte[] bytes, String version) {
    ClassFile format = ClassFile.of();
    ClassModel model = format.parse(bytes);
    if (model.flags().has(AccessFlag.INTERFACE) || model.isModuleInfo()) {
      return bytes;
    }
    ClassTransform stamped =
        ClassTransform.endHandler(
            builder ->
                builder.withField(
                    FIELD,
                    ConstantDescs.CD_String,
                    field ->
                        field
                            .withFlags(
                                ClassFile.ACC_PRIVATE
                                    | ClassFile.ACC_STATIC
                                    | ClassFile.ACC_FINAL
                                    | ClassFile.ACC_SYNTHETIC)
                            .with(ConstantValueAttribute.of(version))));
    return format.transformClass(model, stamped);
  }
}
