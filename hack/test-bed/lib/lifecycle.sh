# up, down, status and exec.

up() {
  local fresh='' services=''
  while (($#)); do
    case $1 in
      --fresh) fresh=1 ;;
      --with) services=$(wanted_services "${2:-}") || exit; shift ;;
      *) usage >&2; exit 2 ;;
    esac
    shift
  done
  if [[ -n $fresh ]]; then down --purge; load_settings; fi
  choose_mode
  case $MODE in
    existing) up_existing ;;
    kind) up_kind ;;
    *) up_plain ;;
  esac
  # shellcheck disable=SC2086 # into words
  if [[ -n $services ]]; then start_services $services; fi
}

up_plain() {
  ensure_prerequisites
  choose_addresses
  # shellcheck disable=SC2046 # into words
  ensure_binaries $(needed_binaries)
  clear_pid_files_of_dead_processes
  ensure_certificates
  enter_namespaces || true
  if [[ $MODE == node ]]; then
    ensure_namespaces
    ensure_node_folders
    start_containerd
  fi
  start_etcd_and_api_server
  if [[ $MODE == node ]]; then
    wait_for_containerd
    ensure_images # while the API server starts
  fi
  start_controllers
  if [[ $MODE == node ]]; then
    declare_no_dns
    start_node
  else
    start_fake_node
  fi
  wait_for_default_account
  start_tekton
  wait_for_node
  fail_if_a_process_died
  say "ready: export KUBECONFIG=$KUBECONFIG_FILE"
}

# After a crash or a reboot. What died is started again by `up`, so it is no reason to fail.
clear_pid_files_of_dead_processes() {
  local file name
  for file in "$RUN"/*.pid; do
    [[ -e $file ]] || continue
    name=$(basename "$file" .pid)
    is_running "$name" && continue
    say "$name had stopped"
    rm -f "$file"
  done
}

down() {
  case ${1:-} in '' | --purge) ;; *) usage >&2; exit 2 ;; esac
  stop_services
  case $MODE in
    kind) down_kind "$@" ;;
    node | fake-node)
      say 'stopping'
      stop tekton-webhook tekton-controller kubelet kwok kube-proxy kube-scheduler kube-controller-manager
      stop containerd kube-apiserver
      stop etcd
      if [[ $MODE == node && -n $BED_INDEX ]]; then clear_node; fi
      say 'stopped'
      ;;
  esac
  if [[ ${1:-} == --purge && -d $STATE ]]; then
    rm -rf "$STATE"
    say 'deleted its state'
  fi
}

components() {
  case $MODE in
    node) echo namespaces etcd kube-apiserver kube-controller-manager kube-scheduler containerd kubelet kube-proxy tekton-controller tekton-webhook ;;
    fake-node) echo etcd kube-apiserver kube-controller-manager kube-scheduler kwok tekton-controller ;;
  esac
}

status() {
  local all_run=0
  # A bed may be services only.
  if [[ -n $MODE || -n ${SWARM_KUBECONFIG:-} || -z $(services_of_bed) ]]; then
    cluster_status || all_run=1
  else
    in_services any_service_runs || all_run=1
  fi
  in_services services_status || all_run=1
  return "$all_run"
}

cluster_status() {
  local component pid all_run=0
  choose_mode
  if ! is_plain; then
    kube get nodes
    return
  fi
  enter_namespaces || true
  for component in $(components); do
    if pid=$(pid_of "$component"); then
      printf '%-24s running  pid %-8s %s\n' "$component" "$pid" "$(listens_on "$pid")"
    else
      printf '%-24s stopped\n' "$component"
      all_run=1
    fi
  done
  return "$all_run"
}

listens_on() { # pid
  inside ss -ltnpH 2>/dev/null | awk -v pid="pid=$1," 'index($0, pid) { print $4 }' | sort -u | paste -sd ' '
}

# For commands that need a bed that was brought up.
use_bed() {
  choose_mode
  [[ -f $KUBECONFIG_FILE ]] || fail "there is no such cluster: $HERE/test-bed.sh up"
}

# The sample pipelines, in a namespace that is made if need be. `up` has loaded their images.
install_samples() { # namespace
  [[ -n ${1:-} ]] || fail 'samples needs the name of a namespace'
  kube create namespace "$1" --dry-run=client -o yaml | apply -f -
  apply --namespace "$1" -f "$HERE/samples"
  say "installed in namespace $1: $(cd "$HERE/samples" && echo *.yaml | sed 's/\.yaml//g')"
}

# With the environment of the cluster and of the services that run.
run_with_bed() {
  local variables kubectl
  if [[ ${1:-} == -- ]]; then shift; fi
  (($#)) || fail 'exec needs a command'
  if [[ -z $(services_of_bed) ]]; then use_bed; fi
  variables=$(environment)
  eval "$variables"
  if kubectl=$(kubectl_path); then PATH=$(dirname "$kubectl"):$PATH; fi
  exec "$@"
}
