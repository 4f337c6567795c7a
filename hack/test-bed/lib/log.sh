# Progress, failure and waiting. Everything is written to stderr: stdout belongs to what a command answers.

STARTED_AT=$SECONDS

say() { printf '[%s +%ds] %s\n' "$BED" "$((SECONDS - STARTED_AT))" "$*" >&2; }

fail() {
  printf '[%s] error: %s\n' "$BED" "$1" >&2
  shift
  if (($#)); then printf '  %s\n' "$@" >&2; fi
  exit 1
}

# The end of a log, indented, for a failure message.
show_log() { # file
  [[ -s $1 ]] || return 0
  printf '  --- last lines of %s\n' "$1" >&2
  tail -n 20 "$1" | sed 's/^/  | /' >&2
}

# Runs the command again and again until it succeeds. A process of the bed that dies meanwhile ends the wait at once:
# nothing is more annoying than a timeout of minutes whose cause was in a log from its first second.
wait_until() { # what seconds command...
  local what=$1 limit=$2 since=$SECONDS answer
  shift 2
  until answer=$("$@" 2>&1); do
    fail_if_a_process_died
    ((SECONDS - since < limit)) || fail "gave up after ${limit}s waiting until $what" "tried: $*" "answer: $answer" "logs: $LOGS"
    sleep 0.2
  done
  say "$what"
}
