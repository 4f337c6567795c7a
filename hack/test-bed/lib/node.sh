# The real node: containerd, kubelet and kube-proxy inside the bed's namespaces.

ensure_node_folders() {
  local controller
  # containerd, the CNI plugins and the kubelet use some fixed paths. In the bed's mount namespace each is its own.
  mkdir -p /run/containerd /run/netns /var/lib/cni /var/lib/kubelet "$STATE/kubelet" "$STATE/containerd" "$STATE/cni"
  # shellcheck disable=SC2016
  inside sh -euc '
    mountpoint -q /var/lib/cni && exit
    for folder in /run/containerd /run/netns /var/lib/cni; do mount -t tmpfs swarm "$folder"; done
    mount --bind "$1" /var/lib/kubelet' sh "$STATE/kubelet"

  for controller in $(cgroup_folders); do
    mkdir -p "$controller/$CGROUP"
    # cgroup v1: a new cpuset is empty and would accept no process.
    if [[ -f $controller/$CGROUP/cpuset.cpus && ! -f $controller/cgroup.controllers ]]; then
      cat "$controller/cpuset.cpus" >"$controller/$CGROUP/cpuset.cpus"
      cat "$controller/cpuset.mems" >"$controller/$CGROUP/cpuset.mems"
    fi
  done
}

cgroup_folders() { # version 2 has one hierarchy, version 1 one for each controller
  if [[ -f /sys/fs/cgroup/cgroup.controllers ]]; then
    echo /sys/fs/cgroup
  else
    awk '$3 == "cgroup" { print $2 }' /proc/mounts
  fi
}

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
  wait_until "node $NODE_NAME is ready" 90 kube wait --for=condition=Ready --timeout=2s "node/$NODE_NAME"
}

# Ends every pod. The kubelet must be down already, else it would start them again.
stop_pods() {
  local task container
  enter_namespaces && is_running containerd || return 0
  for task in $(containers task ls --quiet); do containers task kill --signal KILL "$task" >/dev/null 2>&1 || true; done
  for task in $(containers task ls --quiet); do containers task delete --force "$task" >/dev/null 2>&1 || true; done
  for container in $(containers container ls --quiet); do containers container delete "$container" >/dev/null 2>&1 || true; done
}

# Takes the namespaces away with everything in them. Works too when only debris of a crash is left.
clear_node() {
  local pid namespace folder
  if pid=$(pid_of namespaces); then
    namespace=$(readlink "/proc/$pid/ns/net")
    if [[ $namespace != "$(readlink /proc/$$/ns/net)" ]]; then
      for pid in $(processes_in_namespace "$namespace"); do
        [[ $pid == "$(pid_of namespaces)" ]] || kill -KILL "$pid" 2>/dev/null || true
      done
    fi
  fi
  for folder in $(cgroup_folders); do
    [[ -d $folder/$CGROUP ]] || continue
    find "$folder/$CGROUP" -name cgroup.procs -exec cat {} + 2>/dev/null | xargs --no-run-if-empty kill -KILL 2>/dev/null || true
    find "$folder/$CGROUP" -depth -type d -exec rmdir {} + 2>/dev/null || true
  done
  stop namespaces
  ip link delete "$LINK" 2>/dev/null || true
}
