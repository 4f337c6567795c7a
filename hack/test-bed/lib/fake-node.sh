# A node that only pretends to run pods, for machines where that is not possible. What it pretends: kwok/stages.yaml.

start_fake_node() {
  local address
  address=127.0.0.1:$(port 10250 5)
  fake_node_settings | cat - "$HERE/kwok/stages.yaml" | write_settings "$STATE/kwok.yaml"
  echo "$(date --utc +%Y-%m-%dT%H:%M:%S.%NZ) stdout F this node only pretends to run pods: there is no output" >"$STATE/pod.log"
  wait_until 'the API server takes node logs' 30 install_fake_node
  launch kwok env "$(binary kwok)" --kubeconfig "$KUBECONFIG_FILE" --config "$STATE/kwok.yaml" \
    --node-ip 127.0.0.1 --node-port "${address#*:}" --server-address "$address" \
    --tls-cert-file "$PKI/kubelet-server.crt" --tls-private-key-file "$PKI/kubelet-server.key"
}

# With a settings file nothing is defaulted, and a parallelism of 0 is refused.
fake_node_settings() {
  cat <<YAML
apiVersion: config.kwok.x-k8s.io/v1alpha1
kind: KwokConfiguration
options: {manageAllNodes: true, podPlayStageParallelism: 4, nodePlayStageParallelism: 4, nodeLeaseParallelism: 4,
  nodeLeaseDurationSeconds: 40, podsOnNodeSyncParallelism: 4, enablePodsOnNodeSyncListPager: true,
  enablePodsOnNodeSyncStreamWatch: true, cidr: 10.244.0.0/16, enableDebuggingHandlers: true, enableCRDs: [Logs, ClusterLogs]}
---
YAML
}

install_fake_node() {
  local sources
  sources=$(cd "$HERE/kwok" && module_folder sigs.k8s.io/kwok) || return 1
  apply -f "$sources/kustomize/crd/bases" || return 1
  apply -f - <<YAML
{apiVersion: v1, kind: Node, metadata: {name: $NODE_NAME, labels: {kubernetes.io/hostname: $NODE_NAME, kubernetes.io/os: linux}}}
---
apiVersion: kwok.x-k8s.io/v1alpha1
kind: ClusterLogs
metadata: {name: all}
spec: {logs: [{logsFile: $STATE/pod.log, follow: false}]}
YAML
}
