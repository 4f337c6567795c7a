# Processes that outlive this command: one pid file and one log each.
# A pid file holds "pid start-time": a pid alone may since belong to a stranger.

start_time_of() { # pid
  local stat
  stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 1
  stat=${stat##*) } # the name in parentheses may contain spaces
  # shellcheck disable=SC2086 # into words
  set -- $stat
  echo "${20}"
}

pid_of() { # name: prints the pid when that very process is alive
  local pid started
  read -r pid started 2>/dev/null <"$RUN/$1.pid" || return 1
  [[ -n $started && $(start_time_of "$pid") == "$started" ]] || return 1
  [[ $(cut -d' ' -f3 <"/proc/$pid/stat" 2>/dev/null) != Z ]] || return 1
  echo "$pid"
}

is_running() { pid_of "$1" >/dev/null; }

# Starts a process in a session of its own, with a clean environment, unless it already runs.
launch() { # name command...
  local name=$1
  shift
  is_running "$name" && return
  mkdir -p "$RUN" "$LOGS"
  rm -f "$RUN/$name.pid"
  if [[ -s $LOGS/$name.log ]]; then mv -f "$LOGS/$name.log" "$LOGS/$name.log.1"; fi
  (
    exec 9>&- # the bed's lock must not live on in the process
    # shellcheck disable=SC2016
    exec setsid env -i PATH="$PATH:/usr/sbin:/sbin" HOME="$HOME" SWARM_TEST_BED_OWNER="$OWNER" bash -c '
      stat=$(cat /proc/$$/stat); rest=${stat##*) }; fields=($rest)
      echo "$$ ${fields[19]}" >"$1.new"; mv "$1.new" "$1"
      shift; exec "$@"' launch "$RUN/$name.pid" "$@"
  ) </dev/null >"$LOGS/$name.log" 2>&1 &
  disown
  until [[ -s $RUN/$name.pid ]]; do sleep 0.02; done
}

# Writes stdin to a file, unless it has those contents: kube-proxy ends when its file is written.
write_settings() { # file
  cat >"$1.new"
  if cmp --silent "$1.new" "$1"; then rm "$1.new"; else mv "$1.new" "$1"; fi
}

# Everything that was launched for this bed and what that has started, for example containerd's shims. Not the processes
# in pods: a container has an environment of its own.
own_processes() {
  grep --files-with-matches --null-data --line-regexp --fixed-strings --no-messages "SWARM_TEST_BED_OWNER=$STATE" \
    /proc/[0-9]*/environ | cut -d/ -f3
}

# Ends processes: politely, and after three seconds not (the Tekton webhook would take 45). Waits for them, so that their ports and files are free afterwards.
stop() { # name...
  local name pid tries=0
  for name in "$@"; do
    if pid=$(pid_of "$name"); then kill "$pid" 2>/dev/null || true; fi
  done
  for name in "$@"; do
    while pid=$(pid_of "$name"); do
      ((++tries < 30)) || kill -KILL "$pid" 2>/dev/null || true
      sleep 0.1
    done
    rm -f "$RUN/$name.pid"
  done
}

# A pid file without its process means that it died: `stop` takes the file away.
fail_if_a_process_died() {
  local file name
  for file in "$RUN"/*.pid; do
    [[ -e $file ]] || continue
    name=$(basename "$file" .pid)
    is_running "$name" && continue
    show_log "$LOGS/$name.log"
    rm -f "$file"
    fail "$name ended unexpectedly"
  done
}
