# Builds Kubernetes, etcd, Tekton, KWOK, the object stores and Argo CD from their Go modules: no registry and no download site is needed besides the
# Go module proxy. Results are shared by all beds: $CACHE/bin/<component>-<version>/<component>.

GO_MINIMUM=1.26

binary() { # component: its path
  echo "$CACHE/bin/$1-$(version_of "$1")/$1"
}

version_of() {
  case $1 in
    etcd) echo "$ETCD_VERSION" ;;
    tekton-*) echo "$TEKTON_VERSION" ;;
    kwok) echo "$KWOK_VERSION" ;;
    minio) echo "$MINIO_VERSION" ;;
    versitygw) echo "$VERSITYGW_VERSION" ;;
    helm4) echo "$HELM4_VERSION" ;;
    helm3) echo "$HELM3_VERSION" ;;
    kubeconform) echo "$KUBECONFORM_VERSION" ;;
    krew) echo "$KREW_VERSION" ;;
    argocd) echo "$ARGOCD_VERSION" ;;
    *) echo "$KUBERNETES_VERSION" ;;
  esac
}

# folder of the go.mod, package, and how long a first build takes on two quiet cores
recipe_of() {
  case $1 in
    etcd) echo control-plane go.etcd.io/etcd/server/v3 '45 s' ;;
    kube-apiserver) echo control-plane k8s.io/kubernetes/cmd/kube-apiserver '4.5 min' ;;
    kubectl) echo control-plane k8s.io/kubernetes/cmd/kubectl '25 s' ;;
    kube-controller-manager) echo control-plane k8s.io/kubernetes/cmd/kube-controller-manager '1.5 min' ;;
    kube-scheduler) echo control-plane k8s.io/kubernetes/cmd/kube-scheduler '10 s' ;;
    kubelet) echo control-plane k8s.io/kubernetes/cmd/kubelet '20 s' ;;
    kube-proxy) echo control-plane k8s.io/kubernetes/cmd/kube-proxy '10 s' ;;
    tekton-controller | tekton-loopback-controller) echo tekton github.com/tektoncd/pipeline/cmd/controller '2 min' ;;
    tekton-*) echo tekton "github.com/tektoncd/pipeline/cmd/${1#tekton-}" '5 s' ;;
    kwok) echo kwok sigs.k8s.io/kwok/cmd/kwok '3 min' ;;
    minio) echo minio github.com/minio/minio '3 min' ;;
    versitygw) echo versitygw github.com/versity/versitygw/cmd/versitygw '1 min' ;;
    helm4) echo helm4 helm.sh/helm/v4/cmd/helm '2 min' ;;
    helm3) echo helm3 helm.sh/helm/v3/cmd/helm '1 min' ;;
    kubeconform) echo kubeconform github.com/yannh/kubeconform/cmd/kubeconform '5 s' ;;
    krew) echo krew sigs.k8s.io/krew/cmd/krew '10 s' ;;
    argocd) echo argocd github.com/argoproj/argo-cd/v3/cmd '11 min' ;;
    *) fail "no recipe for $1" ;;
  esac
}

# What a cluster of this mode needs, in the order of building.
needed_binaries() {
  local control_plane='etcd kube-apiserver kubectl kube-controller-manager kube-scheduler'
  local tekton='tekton-controller tekton-entrypoint tekton-nop tekton-workingdirinit tekton-sidecarlogresults'
  case $MODE in
    node) echo "$control_plane kubelet kube-proxy $tekton tekton-webhook" ;;
    fake-node) echo "$control_plane kwok tekton-loopback-controller" ;;
  esac
}

ensure_binaries() { # components...
  local component missing=() number=0
  for component in "$@"; do
    [[ -x $(binary "$component") ]] || missing+=("$component")
  done
  ((${#missing[@]})) || return 0
  require_go
  say "building ${#missing[@]} programs from source (kept for next time): ${missing[*]}"
  for component in "${missing[@]}"; do
    build "$component" "$((++number)) of ${#missing[@]}"
  done
}

# Programs that work on a cluster and are no part of one: prints where it is.
tool() { # helm4 | helm3 | kubeconform | krew
  case ${1:-} in
    helm4 | helm3 | kubeconform | krew) ;;
    *) fail "there is no tool '${1:-}'" 'there are: helm4, helm3, kubeconform, krew' ;;
  esac
  ensure_binaries "$1"
  binary "$1"
}

# The CRDs of Prometheus Operator: a folder of manifests.
monitoring_crds() { (cd "$HERE/monitoring" && echo "$(module_folder github.com/prometheus-operator/prometheus-operator)/example/prometheus-operator-crd"); }

build() { # component "n of m"
  local component=$1 target folder package estimate since=$SECONDS log options=(-buildvcs=false -trimpath)
  target=$(binary "$component")
  read -r folder package estimate <<<"$(recipe_of "$component")"
  mkdir -p "${target%/*}"
  log=${target%/*}/build.log
  (
    # Two beds may come up at once: the second waits here and finds the program built.
    flock 8
    [[ ! -x $target ]] || exit 0
    say "building $component $(version_of "$component") ($2; usually $estimate on two cores)"
    cd "$HERE/$folder" || exit
    if [[ $component == tekton-loopback-controller ]]; then options+=("-modfile=$(loopback_go_mod "${target%/*}")"); fi
    if ! GOTOOLCHAIN=local GOFLAGS=-mod=readonly CGO_ENABLED=0 \
      go build "${options[@]}" -ldflags "-s -w $(version_flags)" -o "$target.new" "$package" >"$log" 2>&1; then
      show_log "$log"
      fail "could not build $component" "log: $log"
    fi
    mv "$target.new" "$target"
    rm -rf "$log" "${target%/*}"/{tekton,knative,go.mod,go.sum}
    say "built $component in $((SECONDS - since)) s"
  ) 8>"${target%/*}/.lock"
}

# Kubernetes and Argo CD learn their versions from the linker. Without it the API server calls itself v0.0.0-master+$Format:%H$, which
# Tekton and Helm refuse.
version_flags() {
  local package minor=${KUBERNETES_VERSION#v1.}
  for package in k8s.io/component-base/version k8s.io/client-go/pkg/version; do
    printf -- '-X %s.%s ' "$package" "gitVersion=$KUBERNETES_VERSION" "$package" gitMajor=1 \
      "$package" "gitMinor=${minor%%.*}" "$package" gitTreeState=clean
  done
  printf -- '-X %s ' "github.com/argoproj/argo-cd/v3/common.version=${ARGOCD_VERSION#v}"
}

# The controller serves probes and profiles on all interfaces and has no setting for that. This mode has no network namespace to keep
# them in, so the three lines that say so are changed in copies of the sources: loopback only.
loopback_go_mod() { # folder for the copies
  local tekton knative
  tekton=$(tekton_sources)
  knative=$(module_folder knative.dev/pkg)
  rm -rf "$1/tekton" "$1/knative"
  cp -R "$tekton" "$1/tekton"
  cp -R "$knative" "$1/knative"
  chmod -R u+w "$1/tekton" "$1/knative"
  sed -i 's/ListenAndServe(":"+port/ListenAndServe("127.0.0.1:"+port/' "$1/tekton/cmd/controller/main.go"
  sed -i 's/Addr: ":" + strconv.Itoa(port)/Addr: "127.0.0.1:0"/; /"strconv"/d' "$1/knative/injection/health_check.go"
  sed -i 's/":" + port,/"127.0.0.1:" + port,/' "$1/knative/observability/runtime/pprof.go"
  (($(cat "$1/tekton/cmd/controller/main.go" "$1/knative/injection/health_check.go" "$1/knative/observability/runtime/pprof.go" |
    grep -c '"127.0.0.1:') == 3)) || fail "Tekton $TEKTON_VERSION listens in another way than this script knows: see loopback_go_mod"
  cp go.sum "$1/go.sum"
  {
    cat go.mod
    printf 'replace github.com/tektoncd/pipeline => %s\nreplace knative.dev/pkg => %s\n' "$1/tekton" "$1/knative"
  } >"$1/go.mod"
  echo "$1/go.mod"
}

require_go() {
  local version
  command -v go >/dev/null || fail "Go $GO_MINIMUM or newer is needed to build programs: https://go.dev/dl/"
  version=$(GOTOOLCHAIN=local go env GOVERSION)
  version=${version#go}
  [[ $(printf '%s\n' "$GO_MINIMUM" "$version" | sort -V | head -n 1) == "$GO_MINIMUM" ]] ||
    fail "Go $GO_MINIMUM or newer is needed, this is $version: https://go.dev/dl/"
}

# The folder of Tekton's own sources, for its CRDs, RBAC and ConfigMaps.
tekton_sources() { (cd "$HERE/tekton" && module_folder github.com/tektoncd/pipeline); }

# Where the sources of a module of the go.mod in this folder are. `download` fetches nothing that is already there.
module_folder() { # module
  GOTOOLCHAIN=local GOFLAGS=-mod=readonly go mod download -json "$1" | sed -n 's/^\t"Dir": "\(.*\)",\{0,1\}$/\1/p'
}
