# Where the bed listens.
#
# A bed with a real node lives in a network namespace and a mount namespace of its own. Nothing of it listens on the
# machine; kube-proxy's iptables rules, the pods' interfaces and the kubelet's mounts are invisible outside and vanish
# with the namespaces, whatever happened. Two beds cannot disturb each other, so they all use the usual ports.
# A veth pair joins bed and machine; bed n owns 10.99.(4n).0/22:
#   10.99.(4n).1    the machine's end        10.99.(4n+1).0/24  pods
#   10.99.(4n).2    the bed: API server      10.99.(4n+2).0/24  services
#
# A bed with a fake node listens on 127.0.0.1, on a block of free ports.

choose_addresses() {
  if [[ $MODE == node ]]; then
    choose_network
  else
    choose_ports
  fi
  set_addresses
}

set_addresses() {
  case $MODE in
    node)
      local third=$((BED_INDEX * 4))
      HOST_ADDRESS=10.99.$third.1 API_ADDRESS=10.99.$third.2 LINK=swarm$BED_INDEX
      POD_NETWORK=10.99.$((third + 1)).0/24
      SERVICE_NETWORK=10.99.$((third + 2)).0/24 SERVICE_ADDRESS=10.99.$((third + 2)).1 DNS_ADDRESS=10.99.$((third + 2)).10
      PORT_BASE='' API_PORT=6443
      ;;
    fake-node)
      API_ADDRESS=127.0.0.1 SERVICE_NETWORK=10.96.0.0/16 SERVICE_ADDRESS=10.96.0.1
      PORT_BASE=$((23000 + BED_INDEX * 20)) API_PORT=$PORT_BASE
      ;;
  esac
}

# The port of a component: the usual one inside a namespace, else one of the bed's block.
port() { # usual offset
  if [[ -n $PORT_BASE ]]; then echo $((PORT_BASE + $2)); else echo "$1"; fi
}

# The first free number. A lock keeps two new beds from taking the same one.
choose_network() { claim_index index_has_free_network 63; }
choose_ports() { claim_index index_has_free_ports 200; }

claim_index() { # test highest
  [[ -z $BED_INDEX ]] || return 0
  local index
  {
    flock 7
    for ((index = 0; index <= $2; index++)); do
      if ! grep -qsx "BED_INDEX=$index" "$BEDS"/*/settings && "$1" "$index"; then
        remember BED_INDEX "$index"
        break
      fi
    done
  } 7>"$BEDS/.lock"
  [[ -n $BED_INDEX ]] || fail 'no free address block is left for this bed'
}

index_has_free_network() { # index
  ! ip link show "swarm$1" >/dev/null 2>&1 && [[ -z $(ip route show root "10.99.$(($1 * 4)).0/22") ]]
}

index_has_free_ports() { # index
  local from=$((23000 + $1 * 20))
  ! ss -ltnH | awk -v from="$from" '{ n = split($4, part, ":"); if (part[n] >= from && part[n] < from + 20) found = 1 } END { exit !found }'
}

# Runs a command in the bed's namespaces. The pid stays the same, so `launch inside` knows the real process.
inside() { "${INSIDE[@]}" "$@"; }

enter_namespaces() {
  local pid
  INSIDE=(env)
  [[ $MODE == node ]] || return 0
  pid=$(pid_of namespaces) || return 1
  INSIDE=(nsenter --target "$pid" --net --mount --)
}

ensure_namespaces() {
  if ! is_running namespaces; then
    clear_node # what is left of lost namespaces: nobody can join them any more
    say 'making network and mount namespaces'
    launch namespaces unshare --net --mount --propagation slave sleep infinity
    wait_until 'namespaces exist' 5 namespaces_differ
  fi
  enter_namespaces
  inside ip route show "$SERVICE_NETWORK" 2>/dev/null | grep -q . || connect_namespaces
}

namespaces_differ() {
  local pid
  pid=$(pid_of namespaces)
  [[ $(readlink "/proc/$pid/ns/mnt") != $(readlink /proc/$$/ns/mnt) && $(<"/proc/$pid/comm") == sleep ]]
}

connect_namespaces() {
  ip link delete "$LINK" 2>/dev/null || true # half-made
  ip link add "$LINK" type veth peer name uplink netns "$(pid_of namespaces)"
  ip address add "$HOST_ADDRESS/24" dev "$LINK"
  ip link set "$LINK" up
  inside ip link set lo up
  inside ip address add "$API_ADDRESS/24" dev uplink
  inside ip link set uplink up
  # Programs on the machine reach pods and services directly. There is deliberately no way out of the bed.
  ip route add "$POD_NETWORK" via "$API_ADDRESS"
  ip route add "$SERVICE_NETWORK" via "$API_ADDRESS"
  inside sysctl --quiet --write net.ipv4.ip_forward=1
  # The API server calls webhooks by the address of their Service: kube-proxy's rules see only what has a route.
  inside ip route add "$SERVICE_NETWORK" dev uplink
}
