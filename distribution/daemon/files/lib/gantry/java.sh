# Sourced by the programs in bin and libexec: finds a JDK, the class path, and an AOT cache that is of this very code.
# Sets java_home, class_path, natives and aot. Wants $home (where the product lies) and $program.

# The feature version of the JDK in $1, 0 if there is none.
java_feature() {
  feature=0
  [ -x "$1/bin/java" ] && [ -r "$1/release" ] || return 0
  while IFS== read -r key value; do
    if [ "$key" = JAVA_VERSION ]; then value=${value#\"}; value=${value%\"}; feature=${value%%[!0-9]*}; fi
  done < "$1/release"
  [ -n "$feature" ] || feature=0
}

find_java() {
  java_home="" best=24
  for candidate in "${JAVA_HOME:-}" /usr/lib/jvm/*; do
    [ -n "$candidate" ] || continue
    java_feature "$candidate"
    if [ "$feature" -gt "$best" ]; then java_home=$candidate best=$feature; fi
    # A JAVA_HOME that is new enough wins over newer ones elsewhere.
    if [ -n "$java_home" ] && [ "$candidate" = "${JAVA_HOME:-}" ]; then break; fi
  done
  [ -n "$java_home" ] || {
    echo "$program: no JDK 25 or newer: install one under /usr/lib/jvm or set JAVA_HOME to it" >&2
    exit 1
  }
}

find_classes() {
  class_path="" jars=""
  while IFS= read -r jar; do
    class_path="$class_path${class_path:+:}$home/$jar" jars="$jars $jar"
  done < "$home/lib/gantry/$program.classpath"
}

# Libraries that would otherwise be unpacked to a temporary directory at each start.
find_natives() {
  natives=""
  libraries="$home/lib/gantry/native/$(uname -m)"
  if [ -d "$libraries" ]; then natives="-Djna.boot.library.path=$libraries -Dorg.sqlite.lib.path=$libraries"; fi
}

# What tells whether any file that went into the cache has changed: two stats instead of reading 40 MB. Times are in nanoseconds.
stamp_files() {
  # shellcheck disable=SC2086 # names of our jars have no blanks
  (cd "$home" && stat -L -c '%n %i %s %y %z' "lib/gantry/$program.aot" $jars "$java_home/release" "$java_home/lib/modules" \
    "$java_home/lib/server/libjvm.so") 2>/dev/null
}

digest_files() {
  # shellcheck disable=SC2086
  (cd "$home" && sha256sum "lib/gantry/$program.aot" $jars && sha256sum < "$java_home/release" && sha256sum < "$java_home/lib/server/libjvm.so") 2>/dev/null
}

# The JVM itself does not notice when a jar changes under a cache and would run the old code, so the cache is used only
# when nothing changed since it was made. A tree that was copied or moved is read once to see that; if the
# outcome cannot be noted down the cache is not used.
find_aot() {
  # Quiet, and mapped where it was made for: pages nobody touched then stay in the file instead of becoming memory. Without the profiles of
  # the training: by them the optimising compiler takes a processor's whole time at every start.
  aot_options="-Xlog:aot=off -Xlog:cds=off -XX:+UnlockDiagnosticVMOptions -XX:ArchiveRelocationMode=0 -XX:-AOTRecordTraining -XX:-AOTReplayTraining"
  aot="" cache="$home/lib/gantry/$program.aot"
  if [ -n "${AOT_TRAINING_DIRECTORY:-}" ]; then aot="-XX:AOTCacheOutput=$AOT_TRAINING_DIRECTORY/$program.aot $aot_options"; return 0; fi
  [ -f "$cache" ] && [ -f "$cache.digest" ] || return 0
  now=$(stamp_files) || return 0
  if [ -f "$cache.stamp" ] && [ "$now" = "$(cat "$cache.stamp")" ]; then aot="-XX:AOTCache=$cache $aot_options"; return 0; fi
  [ -w "$home/lib/gantry" ] || return 0
  if [ "$(digest_files)" = "$(cat "$cache.digest")" ]; then
    printf '%s\n' "$now" > "$cache.stamp.$$" && mv -f "$cache.stamp.$$" "$cache.stamp" && aot="-XX:AOTCache=$cache $aot_options"
  fi
  return 0
}

# Notes down that the cache is of the files as they are now.
note_aot() {
  digest_files > "$home/lib/gantry/$program.aot.digest"
  stamp_files > "$home/lib/gantry/$program.aot.stamp"
}
