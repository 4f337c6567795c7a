# etcd, API server, controller manager and scheduler.

# What the operator asks for is kept in logs/operator-requests.log: tests compare it with the rights that it has.
start_etcd_and_api_server() {
  local client peer fsync=()
  client=http://127.0.0.1:$(port 2379 1)
  peer=http://127.0.0.1:$(port 2380 2)
  # A bed is disposable, so writes do not wait for the disk: two to ten times faster, lost only if the machine crashes.
  [[ ${SWARM_TEST_BED_FSYNC:-} == 1 ]] || fsync=(--unsafe-no-fsync)
  launch etcd "${INSIDE[@]}" "$(binary etcd)" --name "$BED" --data-dir "$STATE/etcd" --log-level warn "${fsync[@]}" \
    --listen-client-urls "$client" --advertise-client-urls "$client" \
    --listen-peer-urls "$peer" --initial-advertise-peer-urls "$peer" --initial-cluster "$BED=$peer"

  local endpoint=(--advertise-address "$API_ADDRESS")
  # A loopback address is no valid endpoint of the Service `kubernetes`; on a fake node nobody would use it anyway.
  [[ $MODE == node ]] || endpoint=(--endpoint-reconciler-type none)
  write_settings "$STATE/audit.yaml" <<YAML
apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules: [{level: Metadata, users: ["system:serviceaccount:swarm-system:swarm-operator"]}, {level: None}]
YAML
  launch kube-apiserver "${INSIDE[@]}" "$(binary kube-apiserver)" --etcd-servers "$client" \
    --bind-address "$API_ADDRESS" --secure-port "$API_PORT" "${endpoint[@]}" \
    --tls-cert-file "$PKI/apiserver.crt" --tls-private-key-file "$PKI/apiserver.key" \
    --client-ca-file "$PKI/ca.crt" --token-auth-file "$PKI/tokens.csv" \
    --requestheader-client-ca-file "$PKI/ca.crt" --requestheader-allowed-names front-proxy-client \
    --requestheader-username-headers X-Remote-User --requestheader-group-headers X-Remote-Group \
    --authorization-mode Node,RBAC --enable-admission-plugins NodeRestriction --allow-privileged=true \
    --service-account-issuer https://kubernetes.default.svc \
    --service-account-key-file "$PKI/service-accounts.pub" --service-account-signing-key-file "$PKI/service-accounts.key" \
    --api-audiences https://kubernetes.default.svc,pipelines.kubeflow.org \
    --audit-policy-file "$STATE/audit.yaml" --audit-log-path "$LOGS/operator-requests.log" \
    --service-cluster-ip-range "$SERVICE_NETWORK" --event-ttl 24h --profiling=false \
    --kubelet-client-certificate "$PKI/apiserver-to-kubelet.crt" --kubelet-client-key "$PKI/apiserver-to-kubelet.key" \
    --kubelet-certificate-authority "$PKI/ca.crt" --kubelet-preferred-address-types InternalIP
}

start_controllers() {
  wait_until 'the API server answers' 60 kube get --raw /readyz
  local component kubeconfig
  for component in controller-manager scheduler; do
    kubeconfig=$STATE/kubeconfigs/$component
    local flags=(--kubeconfig "$kubeconfig" --authentication-kubeconfig "$kubeconfig" --authorization-kubeconfig "$kubeconfig"
      --leader-elect=false --bind-address 127.0.0.1 --profiling=false)
    if [[ $component == controller-manager ]]; then
      flags+=(--secure-port "$(port 10257 3)" --use-service-account-credentials
        --service-account-private-key-file "$PKI/service-accounts.key" --root-ca-file "$PKI/ca.crt")
    else
      flags+=(--secure-port "$(port 10259 4)")
    fi
    launch "kube-$component" "${INSIDE[@]}" "$(binary "kube-$component")" "${flags[@]}"
  done
}

# Pods cannot be created before the controller manager has made this account.
wait_for_default_account() {
  wait_until 'the default ServiceAccount exists' 60 kube --namespace default get serviceaccount default
}

kubectl_path() {
  local own
  own=$(binary kubectl)
  if [[ -x $own ]]; then echo "$own"; else command -v kubectl; fi
}

kube() { "$(kubectl_path)" --kubeconfig "$KUBECONFIG_FILE" "$@"; }

# Takes ownership of exactly the fields in the files, so that repeating it never undoes what controllers wrote.
apply() { kube apply --server-side --force-conflicts --field-manager swarm-test-bed "$@" >/dev/null; }
