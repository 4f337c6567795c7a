# Clusters that are not made of our own processes: one that is there already, and kind.

up_existing() {
  command -v "$(kubectl_path)" >/dev/null || fail 'kubectl is needed: https://kubernetes.io/docs/tasks/tools/'
  [[ -f $KUBECONFIG_FILE ]] || fail "SWARM_KUBECONFIG: there is no file $KUBECONFIG_FILE"
  local answer
  answer=$(kube get --raw /readyz --request-timeout 10s 2>&1) || fail "the cluster of $KUBECONFIG_FILE does not answer" "$answer"
  answer=$(kube get crd pipelineruns.tekton.dev 2>&1) || fail "the cluster has no Tekton" "$answer" \
    "install it: kubectl --kubeconfig $KUBECONFIG_FILE apply -f $(tekton_release)"
  say "ready: export KUBECONFIG=$KUBECONFIG_FILE"
  say 'the images of the sample pipelines (swarm.test/...) are not in this cluster: load them yourself'
}

tekton_release() { echo "https://infra.tekton.dev/tekton-releases/pipeline/previous/$TEKTON_VERSION/release.yaml"; }

# With a Docker engine everything comes ready-made: kind's node image, Tekton's release, images from a Dockerfile.
up_kind() {
  local tool
  for tool in kind docker kubectl node; do
    command -v "$tool" >/dev/null || fail "$tool is needed for a kind cluster" 'https://kind.sigs.k8s.io/docs/user/quick-start/'
  done
  docker info >/dev/null 2>&1 || fail 'the Docker engine does not answer'
  mkdir -p "$STATE" "$LOGS" "$CACHE/images"
  if ! kind get clusters 2>/dev/null | grep -qx "$KIND_NAME"; then
    say 'creating a kind cluster (usually 1 min, the first time longer)'
    kind create cluster --name "$KIND_NAME" --kubeconfig "$KUBECONFIG_FILE" --wait 120s >&2 || fail 'kind could not create the cluster'
  else
    docker start "$KIND_NAME-control-plane" >/dev/null
    (umask 077 && kind get kubeconfig --name "$KIND_NAME" >"$KUBECONFIG_FILE")
  fi
  wait_until 'the API server answers' 120 kube get --raw /readyz
  kind_images
  kube apply --server-side --force-conflicts -f "$(tekton_release)" >/dev/null || fail "could not install $(tekton_release)"
  kube --namespace tekton-pipelines rollout status --timeout 300s deployment/tekton-pipelines-controller deployment/tekton-pipelines-webhook >&2
  say "ready: export KUBECONFIG=$KUBECONFIG_FILE"
}

kind_images() {
  local context=$STATE/trainer
  mkdir -p "$context/data"
  cp "$HERE"/images/trainer/* "$context"
  make_training_data node "$context/data"
  docker build --quiet --tag swarm.test/busybox:1 - <<<'FROM docker.io/library/busybox:1' >/dev/null
  docker build --quiet --tag swarm.test/node:24 - <<<'FROM docker.io/library/node:24-alpine' >/dev/null
  docker build --quiet --tag swarm.test/trainer:1 --file - "$context" >/dev/null <<<$'FROM swarm.test/node:24\nCOPY . /app\nWORKDIR /app'
  kind load docker-image --name "$KIND_NAME" swarm.test/busybox:1 swarm.test/node:24 swarm.test/trainer:1 >&2
}

down_kind() { # --purge deletes the cluster, else its container is only stopped
  if [[ ${1:-} == --purge ]]; then
    kind delete cluster --name "$KIND_NAME" >&2
  elif docker inspect "$KIND_NAME-control-plane" >/dev/null 2>&1; then
    docker stop "$KIND_NAME-control-plane" >/dev/null
  fi
}
