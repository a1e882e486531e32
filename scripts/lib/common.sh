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
