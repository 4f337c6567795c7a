# shellcheck shell=bash
# Processes that stay after the demo has ended, by name: log and pid file in $FOLDER.

start_time_of() { # pid
  local stat
  stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 1
  stat=${stat##*) }
  # shellcheck disable=SC2086 # into words
  set -- $stat
  echo "${20}"
}

# The pid file holds "pid start-time": a pid alone may since belong to a stranger.
pid_of() { # name
  local pid started
  read -r pid started 2>/dev/null <"$FOLDER/$1.pid" || return 1
  [[ -n $started && $(start_time_of "$pid") == "$started" ]] || return 1
  echo "$pid"
}

start_process() { # name command...
  local name=$1 pid
  shift
  setsid "$@" </dev/null >"$FOLDER/$name.log" 2>&1 &
  pid=$!
  disown
  echo "$pid $(start_time_of "$pid")" >"$FOLDER/$name.pid"
}

stop_process() { # name
  local pid tries=0
  if pid=$(pid_of "$1"); then
    kill "$pid" 2>/dev/null || true
    while pid_of "$1" >/dev/null; do
      ((++tries < 200)) || kill -KILL "$pid" 2>/dev/null || true
      sleep 0.1
    done
  fi
  rm -f "$FOLDER/$1.pid"
}
