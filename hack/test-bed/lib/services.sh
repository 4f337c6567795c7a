# Servers beside the cluster: object stores, a search engine. They are plain processes of this machine that listen on
# loopback, whatever the mode of the cluster is, and work without a cluster too.
#
# A service NAME is one file, lib/NAME.sh, with four functions (see minio.sh, the shortest):
#   NAME_ensure       its programs are there: built or fetched into $CACHE/bin by version; returns at once when they are
#   NAME_start        launches one process called NAME with its data below $(service_folder NAME), on $(service_port NAME)
#   NAME_is_ready     succeeds when it answers
#   NAME_environment  prints one line VARIABLE=value for each variable that tells others about it
# and, where needed, NAME_stop (its end is not that of one process) and NAME_address (it listens elsewhere).
# Everything else (ports, passwords, waiting, stopping, status) is done here.

# The services' processes are no part of the cluster: it may be taken away and made again beside them.
in_services() { # command...
  (
    load_settings
    # shellcheck disable=SC2030,SC2031 # meant: only in here
    OWNER=$STATE/services RUN=$OWNER/run LOGS=$OWNER/logs
    "$@"
  )
}

known_services() { compgen -A function | sed -n 's/_environment$//p'; }

service_folder() { # name: made when it is missing
  mkdir -p "$STATE/services/$1"
  echo "$STATE/services/$1"
}

# Those that were ever started in this bed.
services_of_bed() {
  local name
  for name in $(known_services); do
    if [[ -d $STATE/services/$name ]]; then echo "$name"; fi
  done
}

wanted_services() { # "a,b": their names
  local name names=${1//,/ }
  [[ -n ${names// /} ]] || fail 'which services?' "there are: $(known_services | paste -sd ' ')"
  for name in $names; do
    known_services | grep -qx -- "$name" || fail "there is no service '$name'" "there are: $(known_services | paste -sd ' ')"
    echo "$name"
  done
}

services_command() { # NAMES | --stop [NAMES]
  local names
  case ${1:-} in
    --stop) names=$(if [[ -n ${2:-} ]]; then wanted_services "$2"; else services_of_bed; fi) || exit ;;
    -* | '') usage >&2; exit 2 ;;
    *) names=$(wanted_services "$1") || exit ;;
  esac
  # shellcheck disable=SC2086 # into words
  if [[ $1 == --stop ]]; then in_services end_services $names; else start_services $names; fi
}

start_services() { # names...
  local name tool
  [[ $(uname -s) == Linux ]] || fail 'services are plain processes, which need Linux'
  for tool in flock setsid ss curl openssl; do
    command -v "$tool" >/dev/null || fail "$tool is needed" 'Debian: apt-get install util-linux iproute2 curl openssl'
  done
  for name in "$@"; do "${name}_ensure"; done
  in_services clear_pid_files_of_dead_processes
  for name in "$@"; do in_services start_service "$name"; done
  for name in "$@"; do in_services wait_until "$name answers" 120 "${name}_is_ready"; done
}

start_service() { # name
  is_running "$1" && return
  choose_service_port "$1"
  choose_service_secret "$1"
  "${1}_start"
}

service_port() { # name
  local variable=${1^^}_PORT
  echo "${!variable:-}"
}

# The first free port from 28000 on; the same one as before while nobody else took it, so that its address stays.
choose_service_port() { # name
  local candidate
  {
    flock 7
    candidate=$(service_port "$1")
    if [[ -z $candidate ]] || port_is_taken "$candidate"; then
      for ((candidate = 28000; candidate < 30000; candidate++)); do
        grep -qsx "[A-Z]*_PORT=$candidate" "$BEDS"/*/settings || port_is_taken "$candidate" || break
      done
      remember "${1^^}_PORT" "$candidate"
    fi
  } 7>"$BEDS/.lock"
}

port_is_taken() { [[ -n $(ss -ltnH "sport = :$1") ]]; }

service_secret() { # name
  local variable=${1^^}_SECRET
  echo "${!variable:-}"
}

# Loopback, unless the service says otherwise.
service_address() { # name
  if declare -F "${1}_address" >/dev/null; then "${1}_address"; else echo "127.0.0.1:$(service_port "$1")"; fi
}

# A password of this bed, made once.
choose_service_secret() { # name
  [[ -n $(service_secret "$1") ]] || remember "${1^^}_SECRET" "$(openssl rand -hex 16)"
}

stop_services() {
  local names
  names=$(services_of_bed)
  [[ -n $names ]] || return 0
  # shellcheck disable=SC2086 # into words
  in_services end_services $names
}

end_services() { # names...
  local name
  for name in "$@"; do
    if declare -F "${name}_stop" >/dev/null; then "${name}_stop"; else stop "$name"; fi
  done
}

any_service_runs() {
  local name
  for name in $(services_of_bed); do
    if is_running "$name"; then return 0; fi
  done
  return 1
}

# What was stopped is no failure, what ended by itself is.
services_status() {
  local name pid all_run=0
  for name in $(services_of_bed); do
    if pid=$(pid_of "$name"); then
      printf '%-24s running  pid %-8s %s\n' "$name" "$pid" "$(service_address "$name")"
    else
      printf '%-24s stopped\n' "$name"
      # shellcheck disable=SC2031 # called by in_services
      if [[ -e $RUN/$name.pid ]]; then all_run=1; fi
    fi
  done
  return "$all_run"
}

# Shell lines for `eval`: how to reach the cluster and each service that runs.
environment() {
  if [[ -f $KUBECONFIG_FILE ]]; then printf 'export KUBECONFIG=%q\n' "$KUBECONFIG_FILE"; fi
  in_services variables_of_services
}

variables_of_services() {
  local name line
  for name in $(services_of_bed); do
    is_running "$name" || continue
    while IFS= read -r line; do printf 'export %s=%q\n' "${line%%=*}" "${line#*=}"; done < <("${name}_environment")
  done
}
