# Tekton: CRDs, access rules and ConfigMaps from its sources; controller and webhook as processes of the bed.

tekton_image() { echo "swarm.test/tekton-$1:$TEKTON_VERSION"; }

# Helpers that Tekton puts into the pods of TaskRuns.
ensure_tekton_images() {
  local helper
  for helper in entrypoint nop workingdirinit sidecarlogresults; do
    ensure_image "$(tekton_image "$helper")" --file "$(binary "tekton-$helper"):/ko-app/$helper" \
      --directory /tmp:1777 --entrypoint "/ko-app/$helper"
  done
}

tekton_image_flags() {
  local helper
  for helper in entrypoint nop workingdirinit sidecarlogresults; do
    printf '%s\n' "-$helper-image" "$(tekton_image "$helper")"
  done
  printf '%s\n' -shell-image swarm.test/busybox:1 -shell-image-win swarm.test/none:1
}

install_tekton_objects() {
  local sources marker=$STATE/tekton-$TEKTON_VERSION
  [[ ! -f $marker ]] || return 0
  sources=$(tekton_sources)
  [[ -d $sources/config ]] || fail "no Tekton sources in '$sources'"
  say "installing the objects of Tekton $TEKTON_VERSION"
  # Left from a run that was interrupted they would refuse everything: there is nobody yet to answer them.
  kube delete --ignore-not-found -f "$sources/config/500-webhooks.yaml" >/dev/null
  apply -f "$sources/config/100-namespace"
  # shellcheck disable=SC2046 # into words
  apply $(printf -- '-f %s ' "$sources"/config/{200,201}-*.yaml "$sources"/config/config-*.yaml "$sources"/config/clusterrole-*.yaml)
  sed "s/version: devel/version: $TEKTON_VERSION/" "$sources/config/config-info.yaml" | apply -f -
  apply -f "$sources/config/300-crds"
  if [[ $MODE == node ]]; then
    tekton_webhook_service | apply -f -
    apply -f "$sources/config/500-webhooks.yaml"
  else
    # No webhook here: nobody would convert between versions.
    kube get crd -o name | grep -E '\.(resolution\.)?tekton\.dev$' |
      xargs -I '{}' "$(kubectl_path)" --kubeconfig "$KUBECONFIG_FILE" patch '{}' --type merge \
        --patch '{"spec":{"conversion":{"strategy":"None","webhook":null}}}' >/dev/null
  fi
  kube wait --for=condition=Established --timeout=30s crd/pipelineruns.tekton.dev crd/taskruns.tekton.dev \
    crd/pipelines.tekton.dev crd/tasks.tekton.dev >/dev/null || fail 'the CRDs of Tekton were not established'
  touch "$marker"
}

# The webhook is a process on the node, not a pod: a Service without a selector leads to it.
tekton_webhook_service() {
  cat <<YAML
apiVersion: v1
kind: Service
metadata: {name: tekton-pipelines-webhook, namespace: tekton-pipelines}
spec: {ports: [{name: https-webhook, port: 443, targetPort: 8443}]}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata:
  name: tekton-pipelines-webhook
  namespace: tekton-pipelines
  labels: {kubernetes.io/service-name: tekton-pipelines-webhook}
addressType: IPv4
endpoints: [{addresses: [$API_ADDRESS], conditions: {ready: true}}]
ports: [{name: https-webhook, port: 8443}]
YAML
}

start_tekton() {
  install_tekton_objects
  local flags
  mapfile -t flags < <(tekton_image_flags)
  # With the default of 5 requests a second a handful of runs at once already waits for the client.
  flags+=(-kube-api-qps 50 -kube-api-burst 100)
  launch_tekton controller 1 "${flags[@]}" -disable-ha -namespace ''
  if [[ $MODE == node ]]; then
    launch_tekton webhook 2
    # A dry run goes through defaulting and validation: it works once the webhook has its certificate registered.
    wait_until 'the Tekton webhook answers' 60 apply --dry-run=server --namespace default -f "$HERE/samples/hello.yaml"
  fi
  wait_until 'the Tekton controller is ready' 60 tekton_controller_is_ready
}

# Each process uses the ServiceAccount that its Deployment would have, with Tekton's own access rules.
launch_tekton() { # controller|webhook number flags...
  local component=$1 number=$2 kubeconfig=$STATE/kubeconfigs/tekton-$1 token program=tekton-$1
  shift 2
  is_running "tekton-$component" && return
  token=$(kube --namespace tekton-pipelines create token "tekton-pipelines-$component" --duration 8760h)
  token_kubeconfig "tekton-$component" "$token" "$kubeconfig"
  # Knative's servers listen on all interfaces, which in the bed's own namespace are its loopback and its link.
  [[ $MODE == node ]] || program=tekton-loopback-$component
  launch "tekton-$component" "${INSIDE[@]}" env SYSTEM_NAMESPACE=tekton-pipelines KUBERNETES_MIN_VERSION=v1.28.0 \
    CONFIG_DEFAULTS_NAME=config-defaults CONFIG_LOGGING_NAME=config-logging CONFIG_FEATURE_FLAGS_NAME=feature-flags \
    CONFIG_OBSERVABILITY_NAME=config-observability CONFIG_SPIRE=config-spire \
    CONFIG_LEADERELECTION_NAME="config-leader-election-$component" METRICS_DOMAIN=tekton.dev/pipeline \
    PROBES_PORT="$(port "${number}8080" "${number}0")" PROFILING_PORT="$(port "${number}8008" "${number}1")" \
    METRICS_PROMETHEUS_PORT="$(port "${number}9090" "${number}2")" METRICS_PROMETHEUS_HOST=127.0.0.1 \
    WEBHOOK_PORT=8443 WEBHOOK_SERVICE_NAME=tekton-pipelines-webhook WEBHOOK_SECRET_NAME=webhook-certs \
    WEBHOOK_ADMISSION_CONTROLLER_NAME=webhook.pipeline.tekton.dev \
    "$(binary "$program")" -kubeconfig "$kubeconfig" "$@"
}

tekton_controller_is_ready() {
  grep -q 'Started workers' "$LOGS/tekton-controller.log"
}
