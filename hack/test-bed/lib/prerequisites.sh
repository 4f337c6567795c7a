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

# Debian's container runtime, and what kubelet and kube-proxy call.
ensure_node_packages() {
  [[ $EUID == 0 ]] || fail 'a bed with a real node needs root'
  ensure_packages containerd runc iptables ip=iproute2 conntrack busybox=busybox-static nsenter=util-linux \
    /usr/lib/cni/ptp=containernetworking-plugins
}

# Installs the Debian packages of the programs that are missing, if we may; "program=package" where the names differ.
ensure_packages() { # entries...
  local entry missing=()
  for entry in "$@"; do
    PATH=$PATH:/usr/sbin:/sbin command -v "${entry%=*}" >/dev/null || missing+=("${entry#*=}")
  done
  ((${#missing[@]})) || return 0
  if ! command -v apt-get >/dev/null || ((EUID)); then
    fail "these programs are needed, under the names of their Debian packages: ${missing[*]}"
  fi
  say "installing with apt-get: ${missing[*]}"
  mkdir -p "$LOGS"
  # Run level 1: a package that brings a service does not start it.
  if ! { apt-get update && RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends "${missing[@]}"; } \
    >"$LOGS/apt-get.log" 2>&1; then
    show_log "$LOGS/apt-get.log"
    fail "apt-get install ${missing[*]} failed"
  fi
}
