// SPDX-License-Identifier: Apache-2.0
package gantry.oci.tar;

import gantry.errors.CanceledException;
import gantry.linux.IdMappings;
import gantry.linux.files.Directory;
import gantry.linux.files.FileOperationException;
import gantry.linux.files.FileStat;
import gantry.linux.files.RootedDirectory;
import gantry.oci.compression.MalformedStreamException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Unpacks a layer over a directory, by the rules of the OCI image specification ("Applying
 * Changesets"). Nothing outside the directory is read, changed or linked to, whatever the layer
 * holds: every name is resolved inside, one step at a time. Entries replace what has their name,
 * only a directory over a directory is merged with it. One use.
 */
public final class LayerApplier {
  private final Options options;
  private final RootedDirectory root;
  private final Whiteouts whiteouts;
  private final Parents parents;
  private final EntryMaker maker;

  /** Times of the directories unpacked, by path; set at the end, since unpacking changes them. */
  private final Map<String, TarEntry> directories = new TreeMap<>();

  /**
   * How to unpack.
   *
   * @param style what becomes of whiteouts
   * @param lower directories of the layers below, nearest first; a directory that an entry needs
   *     and that is not there gets owner, mode and attributes from them
   * @param devices whether device nodes can be made; if not they are left out
   * @param ids what owners in the layer are on disk, or null for the same
   * @param warnings told of what is left out
   */
  public record Options(
      WhiteoutStyle style,
      List<Path> lower,
      boolean devices,
      @Nullable IdMappings ids,
      Consumer<String> warnings) {
    /** Owners as they are in the layer. */
    public Options(
        WhiteoutStyle style, List<Path> lower, boolean devices, Consumer<String> warnings) {
      this(style, lower, devices, null, warnings);
    }
  }

  private LayerApplier(Options options, RootedDirectory root, Parents parents) {
    this.options = options;
    this.root = root;
    this.parents = parents;
    this.whiteouts = new Whiteouts(options.style(), root, options.ids());
    this.maker = new EntryMaker(root, options.ids(), options.warnings());
  }

  /**
   * Unpacks a layer.
   *
   * @param tar uncompressed; read to the end of the archive, not of the stream
   * @throws MalformedStreamException if the layer is damaged or asks for what no layer may
   * @throws FileOperationException if the filesystem refuses something
   */
  public static void apply(InputStream tar, Path directory, Options options) throws IOException {
    try (RootedDirectory root = RootedDirectory.open(directory);
        Parents parents = new Parents(options.lower(), options.ids())) {
      new LayerApplier(options, root, parents).run(new TarReader(tar));
    }
  }

  private void run(TarReader reader) throws IOException {
    for (TarEntry entry = reader.next(); entry != null; entry = reader.next()) {
      if (Thread.currentThread().isInterrupted()) {
        throw new CanceledException("apply layer: canceled at " + entry.name());
      }
      apply(entry, reader);
    }
    for (Map.Entry<String, TarEntry> directory : directories.entrySet()) {
      setTimes(EntryName.of(directory.getKey()), directory.getValue());
    }
  }

  private void apply(TarEntry entry, TarReader reader) throws IOException {
    EntryName name = EntryName.of(entry.name());
    if (entry.type() == EntryType.GLOBAL_HEADER || name.isRoot() || isLeftOut(entry)) {
      return;
    }
    try (Directory parent = root.resolveOrMake(name.parent(), parents)) {
      if (whiteouts.apply(entry, parent, name.base())) {
        return;
      }
      // Most entries are files whose name is free: the maker finds out by making them.
      boolean hidesLower =
          entry.type() != EntryType.REGULAR && makeRoom(entry, parent, name.base());
      maker.make(entry, parent, name.base(), reader);
      if (hidesLower) {
        whiteouts.hideLower(parent, name.base());
      }
      String path = parent.path() + "/" + name.base();
      whiteouts.unpacked(path);
      if (entry.type() == EntryType.DIRECTORY) {
        directories.put(path, entry);
      }
    }
  }

  /** Removes what the entry replaces; returns whether a directory takes the place of a file. */
  private boolean makeRoom(TarEntry entry, Directory parent, String name) throws IOException {
    boolean directory = entry.type() == EntryType.DIRECTORY;
    Optional<FileStat> old = parent.find(name);
    if (old.isEmpty() || (directory && old.get().isDirectory())) {
      return false;
    }
    parent.removeTree(name);
    return directory;
  }

  private boolean isLeftOut(TarEntry entry) {
    boolean device = entry.type() == EntryType.BLOCK || entry.type() == EntryType.CHARACTER;
    if (device && !options.devices()) {
      options.warnings().accept(entry.name() + ": devices cannot be made in a user namespace");
      return true;
    }
    return false;
  }

  /** A directory that a later entry replaced or removed has no times to set any more. */
  private void setTimes(EntryName name, TarEntry entry) throws IOException {
    try (Directory parent = root.resolve(name.parent())) {
      if (parent.find(name.base()).filter(FileStat::isDirectory).isPresent()) {
        parent.changeTimes(name.base(), accessed(entry), entry.modified());
      }
    } catch (FileOperationException e) {
      if (e.errno() != FileOperationException.ENOENT
          && e.errno() != FileOperationException.ENOTDIR) {
        throw e;
      }
    }
  }

  /** The later of both times: no file was read before it was written. */
  static Instant accessed(TarEntry entry) {
    Instant accessed = entry.accessed();
    return accessed == null || accessed.isBefore(entry.modified()) ? entry.modified() : accessed;
  }
}
