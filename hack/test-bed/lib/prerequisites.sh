# What must be on the machine before anything is built.

ensure_prerequisites() {
  local tool
  for tool in node openssl awk; do
    command -v "$tool" >/dev/null || fail "$tool is needed"
  done
  (($(node --print 'process.versions.node.split(".")[0]') >= 20)) || fail 'Node 20 or newer is needed'
  if is_plain; then
    [[ $(uname -s) == Linux ]] || fail 'plain processes need Linux: install Docker and kind, or set SWARM_KUBECONFIG'
    for tool in flock setsid ss; do
      command -v "$tool" >/dev/null || fail "$tool is needed" 'Debian: apt-get install util-linux iproute2'
    done
  fi
  if [[ $MODE == node ]]; then ensure_node_packages; fi
}

# Debian's container runtime, and what kubelet and kube-proxy call. "program=package" where they differ.
ensure_node_packages() {
  local entry missing=()
  [[ $EUID == 0 ]] || fail 'a bed with a real node needs root'
  for entry in containerd runc iptables ip=iproute2 conntrack busybox=busybox-static nsenter=util-linux /usr/lib/cni/ptp=containernetworking-plugins; do
    PATH=$PATH:/usr/sbin:/sbin command -v "${entry%=*}" >/dev/null || missing+=("${entry#*=}")
  done
  ((${#missing[@]})) || return 0
  command -v apt-get >/dev/null || fail "these programs are needed, under the names of their Debian packages: ${missing[*]}"
  say "installing with apt-get: ${missing[*]}"
  mkdir -p "$LOGS"
  if ! { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends "${missing[@]}"; } \
    >"$LOGS/apt-get.log" 2>&1; then
    show_log "$LOGS/apt-get.log"
    fail "apt-get install ${missing[*]} failed"
  fi
}
