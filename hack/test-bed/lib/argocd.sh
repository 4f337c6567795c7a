# Argo CD beside a cluster of mode `node`: Redis, repo-server, application controller and API server, the real ones, as plain processes.
# They live in the bed's network namespace, because the controller's metrics port always listens on all interfaces. Not here:
# Dex (people log in with local accounts), the web UI's files, ApplicationSets, notifications.

ARGOCD_NAMESPACE=argocd

argocd_ensure() {
  ensure_packages redis-server git
  ensure_binaries argocd
}

# `service_port` is that of the API server. The others' are the usual ones: nobody else is in this namespace.
argocd_start() {
  local folder
  choose_mode
  [[ $MODE == node ]] || fail 'Argo CD needs a bed of mode node: it has no other way to keep its ports to itself'
  # shellcheck disable=SC2034 # RUN is read by pid_of: the namespaces belong to the cluster, not to its services
  RUN=$STATE/run enter_namespaces || fail "the cluster does not run: $HERE/test-bed.sh up"
  folder=$(service_folder argocd)
  mkdir -p "$folder"/{home,tmp,gpg/keys,gpg/source,tls,ssh,plugins,bin,redis}
  # The repo-server calls it even with signatures off.
  printf '#!/bin/sh\nexit 0\n' >"$folder/bin/git-verify-wrapper.sh"
  chmod +x "$folder/bin/git-verify-wrapper.sh"
  install_argocd_objects
  argocd_kubeconfig argocd-application-controller "$folder/controller.kubeconfig"
  argocd_kubeconfig argocd-server "$folder/server.kubeconfig"

  launch argocd-redis "${INSIDE[@]}" redis-server --save '' --appendonly no --bind 127.0.0.1 --port 6379 --dir "$folder/redis"
  launch_argocd repo-server '' --address 127.0.0.1 --port 8081 --metrics-address 127.0.0.1 --metrics-port 8084 \
    --disable-tls --client-ca-path ''
  launch_argocd application-controller "$folder/controller.kubeconfig" --namespace "$ARGOCD_NAMESPACE" --metrics-port 8082 \
    --repo-server 127.0.0.1:8081 --repo-server-plaintext --status-processors 4 --operation-processors 4 --persist-resource-health
  # It calls itself by loopback for its REST half, so it listens on all addresses of the namespace.
  launch_argocd server "$folder/server.kubeconfig" --namespace "$ARGOCD_NAMESPACE" --address 0.0.0.0 --port "$(service_port argocd)" \
    --metrics-address 127.0.0.1 --metrics-port 8083 --insecure --repo-server 127.0.0.1:8081 --repo-server-plaintext --dex-server http://127.0.0.1:1
}

# One binary; its name says which program it is.
launch_argocd() { # role kubeconfig flags...
  local role=$1 kubeconfig=$2 name=argocd-$1 folder
  shift 2
  folder=$(service_folder argocd)
  # The process that stands for all of them is the one that users talk to.
  if [[ $role == server ]]; then name=argocd; fi
  launch "$name" "${INSIDE[@]}" env PATH="$folder/bin:$PATH" HOME="$folder/home" TMPDIR="$folder/tmp" KUBECONFIG="$kubeconfig" \
    ARGOCD_BINARY_NAME="argocd-$role" ARGOCD_FAKE_IN_CLUSTER=true ARGOCD_GPG_ENABLED=false ARGOCD_GNUPGHOME="$folder/gpg/keys" \
    ARGOCD_GPG_DATA_PATH="$folder/gpg/source" ARGOCD_TLS_DATA_PATH="$folder/tls" ARGOCD_SSH_DATA_PATH="$folder/ssh" \
    ARGOCD_PLUGINSOCKFILEPATH="$folder/plugins" ARGOCD_ASK_PASS_SOCK="$folder/askpass.sock" \
    "$(binary argocd)" "$@" --redis 127.0.0.1:6379
}

argocd_sources() { (cd "$HERE/argocd" && module_folder github.com/argoproj/argo-cd/v3); }

# Kinds, settings and access rules as Argo CD installs them; its settings are left alone when they are there.
install_argocd_objects() {
  local manifests part
  kube get namespace "$ARGOCD_NAMESPACE" >/dev/null 2>&1 && kube --namespace "$ARGOCD_NAMESPACE" get appproject default >/dev/null 2>&1 && return
  manifests=$(argocd_sources)/manifests
  say "installing the objects of Argo CD $ARGOCD_VERSION"
  kube create namespace "$ARGOCD_NAMESPACE" --dry-run=client -o yaml | apply -f -
  for part in application appproject applicationset; do apply -f "$manifests/crds/$part-crd.yaml"; done
  kube wait --for=condition=Established --timeout=30s crd/applications.argoproj.io crd/appprojects.argoproj.io >/dev/null
  # shellcheck disable=SC2046 # into words
  apply --namespace "$ARGOCD_NAMESPACE" $(printf -- '-f %s ' "$manifests"/base/config/argocd-*.yaml \
    "$manifests"/base/{application-controller-roles,server}/argocd-*-{sa,role,rolebinding}.yaml)
  # shellcheck disable=SC2046
  apply $(printf -- '-f %s ' "$manifests"/cluster-rbac/{application-controller,server}/argocd-*.yaml)
  # The controller makes this one only in its own container image.
  apply --namespace "$ARGOCD_NAMESPACE" -f - <<YAML
apiVersion: argoproj.io/v1alpha1
kind: AppProject
metadata: {name: default}
spec: {sourceRepos: ['*'], destinations: [{namespace: '*', server: '*'}], clusterResourceWhitelist: [{group: '*', kind: '*'}]}
YAML
}

argocd_kubeconfig() { # ServiceAccount file
  token_kubeconfig "$1" "$(kube --namespace "$ARGOCD_NAMESPACE" create token "$1" --duration 24h)" "$2"
}

argocd_is_ready() {
  local pid port
  pid=$(RUN=$STATE/run pid_of namespaces) || return 1
  for port in 8084 8082; do
    nsenter --target "$pid" --net -- curl --silent --fail --max-time 2 "http://127.0.0.1:$port/healthz" || return 1
  done
  curl --silent --fail --max-time 2 "http://$(argocd_address)/healthz"
}

argocd_address() { echo "$API_ADDRESS:$(service_port argocd)"; }

argocd_stop() { stop argocd argocd-application-controller argocd-repo-server argocd-redis; }

argocd_environment() {
  echo "SWARM_TEST_ARGOCD_URL=http://$(argocd_address)"
  echo "SWARM_TEST_ARGOCD=$(binary argocd)"
}
