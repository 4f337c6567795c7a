# Names, folders, versions and the choice of cluster.

BED=${SWARM_TEST_BED:-demo}
[[ $BED =~ ^[a-z]([a-z0-9-]{0,18}[a-z0-9])?$ ]] || {
  echo "SWARM_TEST_BED must be 1 to 20 lower case letters, digits and dashes, not '$BED'" >&2
  exit 2
}

CACHE=${XDG_CACHE_HOME:-$HOME/.cache}/swarm
BEDS=$CACHE/test-beds
STATE=$BEDS/$BED
LOGS=$STATE/logs
RUN=$STATE/run # pid files
OWNER=$STATE   # whose processes are launched: the cluster's, or those of its services (lib/services.sh)
PKI=$STATE/pki
KUBECONFIG_FILE=$STATE/kubeconfig
NODE_NAME=swarm-$BED
KIND_NAME=swarm-$BED
CGROUP=swarm-$BED # kubelets delete pod cgroups they do not know, so each bed has its own root

# Versions are pinned in the go.mod files and nowhere else.
module_version() { # folder module
  awk -v module="$2" '$1 == "require" { sub(/require /, "") } $1 == module && $2 ~ /^v/ { print $2; exit }' "$HERE/$1/go.mod"
}
KUBERNETES_VERSION=$(module_version control-plane k8s.io/kubernetes)
ETCD_VERSION=$(module_version control-plane go.etcd.io/etcd/server/v3)
TEKTON_VERSION=$(module_version tekton github.com/tektoncd/pipeline)
KWOK_VERSION=$(module_version kwok sigs.k8s.io/kwok)
MINIO_VERSION=$(module_version minio github.com/minio/minio)
VERSITYGW_VERSION=$(module_version versitygw github.com/versity/versitygw)
HELM4_VERSION=$(module_version helm4 helm.sh/helm/v4)
HELM3_VERSION=$(module_version helm3 helm.sh/helm/v3)
KUBECONFORM_VERSION=$(module_version kubeconform github.com/yannh/kubeconform)
KREW_VERSION=$(module_version krew sigs.k8s.io/krew)
ARGOCD_VERSION=$(module_version argocd github.com/argoproj/argo-cd/v3)

# Who can log in with a token, for tests of access rules: user=groups.
TEST_USERS='alice=data-scientists bob=data-scientists carol=approvers mallory=outsiders'

# Settings of this bed that must outlive the command (mode, network, ports): one shell file, written once.
remember() { # NAME value
  mkdir -p "$STATE"
  printf '%s=%q\n' "$1" "$2" >>"$STATE/settings"
  printf -v "$1" '%s' "$2"
}
load_settings() {
  MODE='' BED_INDEX=''
  # shellcheck disable=SC1091
  if [[ -f $STATE/settings ]]; then source "$STATE/settings"; fi
  if [[ -n $MODE ]]; then set_addresses; fi
}

# existing  the cluster of $SWARM_KUBECONFIG
# kind      a Docker engine answers and kind is installed
# node      plain processes with a real node: containerd and kubelet, needs root on Linux
# fake-node plain processes, KWOK pretends to run the pods
choose_mode() {
  local wanted=${SWARM_TEST_BED_MODE:-}
  if [[ -n ${SWARM_KUBECONFIG:-} ]]; then wanted=existing; fi
  if [[ -z $wanted ]]; then
    if command -v kind >/dev/null && docker info >/dev/null 2>&1; then
      wanted=kind
    elif [[ $(uname -s) == Linux && $EUID == 0 ]]; then
      wanted=node
    else
      wanted=fake-node
    fi
  fi
  case $wanted in
    existing | kind | node | fake-node) ;;
    *) fail "SWARM_TEST_BED_MODE must be existing, kind, node or fake-node, not '$wanted'" ;;
  esac
  if [[ $wanted == existing ]]; then
    MODE=existing KUBECONFIG_FILE=${SWARM_KUBECONFIG:?mode existing needs SWARM_KUBECONFIG}
    return
  fi
  if [[ -n $MODE && $MODE != "$wanted" ]]; then
    [[ -z ${SWARM_TEST_BED_MODE:-} ]] || fail "this bed is a '$MODE' bed; take it away first: $0 down --purge"
  fi
  if [[ -z $MODE ]]; then remember MODE "$wanted"; fi
}

is_plain() { [[ $MODE == node || $MODE == fake-node ]]; } # our own processes

# One writer per bed at a time. The descriptor is closed in every process the bed starts, so the lock ends with this command.
lock_bed() {
  mkdir -p "$BEDS"
  command -v flock >/dev/null || return 0 # not on macOS, where only kind and existing clusters are possible
  exec 9>"$BEDS/.$BED.lock"
  flock --nonblock 9 || { say 'waiting for another test-bed command on this bed'; flock 9; }
}
