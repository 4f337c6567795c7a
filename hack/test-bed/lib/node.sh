# The real node: containerd, kubelet and kube-proxy inside the bed's namespaces.

ensure_node_folders() {
  local controller
  # containerd, the CNI plugins and the kubelet use some fixed paths. In the bed's mount namespace each is its own.
  mkdir -p /run/containerd /run/netns /var/lib/cni /var/lib/kubelet "$STATE/kubelet" "$STATE/containerd" "$STATE/cni"
  # shellcheck disable=SC2016
  inside sh -euc '
    mountpoint -q /var/lib/cni && exit
    mount --bind "$1" /var/lib/kubelet
    for folder in /run/containerd /run/netns /var/lib/cni; do mount -t tmpfs swarm "$folder"; done' sh "$STATE/kubelet"

  for controller in $(cgroup_folders); do
    mkdir -p "$controller/$CGROUP"
    # cgroup v1: a new cpuset is empty and would accept no process.
    if [[ -f $controller/$CGROUP/cpuset.cpus && ! -f $controller/cgroup.controllers ]]; then
      cat "$controller/cpuset.cpus" >"$controller/$CGROUP/cpuset.cpus"
      cat "$controller/cpuset.mems" >"$controller/$CGROUP/cpuset.mems"
    fi
  done
}

# Version 2 has one hierarchy, version 1 one for each controller, and both may be there.
cgroup_folders() { awk '$3 ~ /^cgroup2?$/ { print $2 }' /proc/mounts; }

start_containerd() {
  write_settings "$STATE/containerd.toml" <<TOML
version = 2
root = "$STATE/containerd"
disabled_plugins = ["io.containerd.internal.v1.opt", "io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.devmapper", "io.containerd.snapshotter.v1.zfs", "io.containerd.tracing.processor.v1.otlp", "io.containerd.internal.v1.tracing"]
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "swarm.test/pause:1"
  stream_server_address = "127.0.0.1"
  disable_apparmor = true
  # Without CAP_SYS_RESOURCE (for example in a sandbox) runc cannot lower oom_score_adj and dies with
  # "can't get final child's PID from pipe: EOF".
  restrict_oom_score_adj = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "$STATE/cni"
  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
TOML
  # ptp: each pod gets its own veth and all traffic is routed, hence seen by kube-proxy's rules even between two pods.
  write_settings "$STATE/cni/10-pods.conflist" <<JSON
{"cniVersion": "0.4.0", "name": "pods", "plugins": [
  {"type": "ptp", "ipMasq": false, "ipam": {"type": "host-local", "subnet": "$POD_NETWORK", "routes": [{"dst": "0.0.0.0/0"}]}}
]}
JSON
  launch containerd "${INSIDE[@]}" containerd --config "$STATE/containerd.toml" --log-level warn
}

wait_for_containerd() { wait_until 'containerd answers' 30 containers version; }

containers() { inside ctr --namespace k8s.io "$@"; }

start_node() {
  write_settings "$STATE/kubelet.yaml" <<YAML
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
address: $API_ADDRESS
healthzPort: 0
tlsCertFile: $PKI/kubelet-server.crt
tlsPrivateKeyFile: $PKI/kubelet-server.key
authentication: {anonymous: {enabled: false}, x509: {clientCAFile: $PKI/ca.crt}}
containerRuntimeEndpoint: unix:///run/containerd/containerd.sock
podLogsDir: $STATE/pod-logs
clusterDNS: [$DNS_ADDRESS]
clusterDomain: cluster.local
cgroupRoot: /$CGROUP
cgroupDriver: cgroupfs
failCgroupV1: false
failSwapOn: false
enforceNodeAllocatable: []
localStorageCapacityIsolation: false
# Images are imported, not pulled: what a full disk would delete could not be fetched again.
imageGCHighThresholdPercent: 100
evictionHard: {memory.available: 100Mi}
YAML
  launch kubelet "${INSIDE[@]}" "$(binary kubelet)" --config "$STATE/kubelet.yaml" --kubeconfig "$STATE/kubeconfigs/kubelet" \
    --hostname-override "$NODE_NAME" --node-ip "$API_ADDRESS"
  write_settings "$STATE/kube-proxy.yaml" <<YAML
apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
clientConnection: {kubeconfig: $STATE/kubeconfigs/kube-proxy}
mode: iptables
clusterCIDR: $POD_NETWORK
bindAddress: $API_ADDRESS
healthzBindAddress: 127.0.0.1:10256
metricsBindAddress: 127.0.0.1:10249
# The limits are the machine's, not this namespace's: leave them alone.
conntrack: {maxPerCore: 0, min: 0, tcpEstablishedTimeout: 0s, tcpCloseWaitTimeout: 0s}
YAML
  launch kube-proxy "${INSIDE[@]}" "$(binary kube-proxy)" --config "$STATE/kube-proxy.yaml" --hostname-override "$NODE_NAME"
}

wait_for_node() {
  # After a restart the node object may still say Ready from before: ask the kubelet too.
  [[ $MODE != node ]] || wait_until 'the kubelet answers' 60 kube get --raw "/api/v1/nodes/$NODE_NAME/proxy/healthz"
  wait_until "node $NODE_NAME is ready" 90 kube wait --for=condition=Ready --timeout=2s "node/$NODE_NAME"
}

# There is no DNS in a bed. A Service without endpoints refuses queries at once, where they would otherwise time out, and
# the kubelet would warn of the missing setting at every pod.
declare_no_dns() {
  apply -f - <<YAML
{apiVersion: v1, kind: Service, metadata: {name: no-dns, namespace: kube-system}, spec: {clusterIP: $DNS_ADDRESS, ports: [{name: udp, port: 53, protocol: UDP}, {name: tcp, port: 53}]}}
YAML
}

# Takes the namespaces away with everything in them. Works too when only debris of a crash is left. For containerd and the
# kubelet it is like a loss of power: both know how to go on, and the logs of finished pods stay.
clear_node() {
  local pid folder tries=0
  for pid in $(own_processes); do kill -KILL "$pid" 2>/dev/null || true; done
  for folder in $(cgroup_folders); do
    [[ -d $folder/$CGROUP ]] || continue
    # shellcheck disable=SC2044 # numbers
    for pid in $(find "$folder/$CGROUP" -name cgroup.procs -exec cat {} + 2>/dev/null); do
      kill -KILL "$pid" 2>/dev/null || true
    done
    until find "$folder/$CGROUP" -depth -type d -exec rmdir {} + 2>/dev/null; do
      ((++tries < 100)) || fail "processes of the bed's pods do not end" "see $folder/$CGROUP"
      sleep 0.05
    done
  done
  rm -f "$RUN"/*.pid
  ip link delete "$LINK" 2>/dev/null || true
}
