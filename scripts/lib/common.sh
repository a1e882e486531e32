# shellcheck shell=bash
# Sourced by the scripts, in the project's directory.

# Java can't open a path with a letter that the locale's character set lacks.
if [ "$(locale charmap 2>/dev/null)" != UTF-8 ]; then
  export LC_ALL=C.UTF-8
fi

# Builds target/switchboard.jar if it is missing or older than its sources, or if the last build was
# interrupted: what that one compiled can't be trusted and is removed.
require_jar() {
  local unfinished=target/build-unfinished
  if [ -f target/switchboard.jar ] && [ ! -e "$unfinished" ] &&
    [ -z "$(find src/main pom.xml -newer target/switchboard.jar -print -quit)" ]; then
    return
  fi
  if [ -e "$unfinished" ]; then
    rm -rf target/classes target/maven-status
  fi
  echo "Building target/switchboard.jar; the first time takes some minutes." >&2
  mkdir -p target
  touch "$unfinished"
  mvn -B -ntp -q package -Dmaven.test.skip=true
  rm "$unfinished"
}

# Prints a port that was free a moment ago, below the kernel's ephemeral port range.
free_port() {
  local port
  for _ in $(seq 100); do
    port=$((10240 + RANDOM % 20000))
    if ! (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
      echo "$port"
      return
    fi
  done
  echo "found no free port" >&2
  return 1
}

# Prints the version of the Java runtime on PATH, such as 25.0.3+9-LTS; nothing if its files do not tell.
java_version() {
  local java
  java=$(readlink -f "$(command -v java)") || return 0
  sed -n 's/^JAVA_RUNTIME_VERSION="\(.*\)"$/\1/p' "${java%/bin/java}/release" 2>/dev/null || true
}

# Prints the first number of that version; 0 if it is not known.
java_major() {
  local version
  version=$(java_version)
  version=${version%%[!0-9]*}
  echo "${version:-0}"
}

# The JVM options of a node. The compiler of the JVM inlines less than by default: it has far less to do in the
# first minutes, and the code of a node's long call chains stays small enough for the processor's caches. See
# "Starting" in src/docs/operate/starting-and-stopping.md. The collector collects before the heap grows, and copies
# sessions once before it takes them for old: see "Memory" in src/docs/operate/sizing.md. The Dockerfile has the same
# options.
# shellcheck disable=SC2034 # the caller passes jvm_options to java
jvm_options=(-XX:InlineSmallCode=1000 -XX:FreqInlineSize=120 -XX:GCTimeRatio=3 -XX:MaxTenuringThreshold=1)

# Sets class_data to the JVM options that start target/switchboard.jar from what an earlier run learned. If
# this jar and this Java runtime have none yet, it is made in the background, at low priority, for the next
# start: see scripts/train. Without it a node only starts slower.
# shellcheck disable=SC2034 # the caller passes class_data to java
use_class_data() {
  local version file
  class_data=()
  version=$(java_version)
  if [ -z "$version" ]; then return; fi
  file=target/switchboard-$version.classes
  if [ ! -f "$file" ] || [ target/switchboard.jar -nt "$file" ]; then
    nice -n 19 scripts/train target/switchboard.jar "$file" "${jvm_options[@]}" >target/train.log 2>&1 </dev/null &
  elif [ "$(java_major)" -ge 25 ]; then
    class_data=(-XX:AOTCache="$file" -Xlog:aot=off -Xlog:cds=off)
  else
    class_data=(-XX:SharedArchiveFile="$file" -Xlog:cds=off)
  fi
}

# Prints a hash of everything in the Helm chart: names and contents of its files, in order.
chart_hash() {
  (
    cd conf/helm/switchboard || exit
    find -L . -type f | LC_ALL=C sort | while read -r file; do sha256sum "$file"; done | sha256sum | cut -d' ' -f1
  )
}
