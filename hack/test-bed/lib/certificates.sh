# The bed's own certificate authority, client certificates, tokens and kubeconfigs. All keys are made per bed, mode 600.

ensure_certificates() {
  if [[ -f $PKI/complete ]]; then
    openssl x509 -checkend 3600 -noout -in "$PKI/ca.crt" >/dev/null ||
      fail 'the certificates of this bed have expired; start afresh: up --fresh'
    return
  fi
  say 'making certificates, tokens and kubeconfigs'
  mkdir -p "$PKI" "$STATE/users" "$STATE/kubeconfigs"
  chmod 700 "$STATE" "$PKI" "$STATE/users" "$STATE/kubeconfigs"
  (
    umask 077
    cd "$PKI" || exit
    make_authority
    issue apiserver /CN=kube-apiserver \
      "subjectAltName=IP:127.0.0.1,IP:$API_ADDRESS,IP:$SERVICE_ADDRESS,DNS:localhost,DNS:kubernetes,DNS:kubernetes.default,DNS:kubernetes.default.svc"
    issue apiserver-to-kubelet /O=system:masters/CN=kube-apiserver extendedKeyUsage=clientAuth
    issue kubelet-server "/CN=$NODE_NAME" "subjectAltName=IP:$API_ADDRESS,DNS:$NODE_NAME"
    issue admin /O=system:masters/CN=admin extendedKeyUsage=clientAuth
    issue controller-manager /CN=system:kube-controller-manager extendedKeyUsage=clientAuth
    issue scheduler /CN=system:kube-scheduler extendedKeyUsage=clientAuth
    issue kube-proxy /CN=system:kube-proxy extendedKeyUsage=clientAuth
    issue kubelet "/O=system:nodes/CN=system:node:$NODE_NAME" extendedKeyUsage=clientAuth
    make_users
    touch complete
  )
}

make_authority() {
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 365 -subj "/CN=swarm-$BED-ca" \
    -keyout ca.key -out ca.crt 2>/dev/null
  # ServiceAccount tokens: RSA, because some clients verify RS256 only.
  openssl genrsa -out service-accounts.key 2048 2>/dev/null
  openssl rsa -in service-accounts.key -pubout -out service-accounts.pub 2>/dev/null
}

# A leaf certificate, and for a client also its kubeconfig.
issue() { # name subject extensions
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout "$1.key" -out "$1.csr" -subj "$2" 2>/dev/null
  openssl x509 -req -in "$1.csr" -CA ca.crt -CAkey ca.key -CAcreateserial -days 365 -out "$1.crt" \
    -extfile <(printf '%s' "$3") 2>/dev/null
  rm "$1.csr"
  case $1 in
    admin) client_kubeconfig admin "$KUBECONFIG_FILE" ;;
    controller-manager | scheduler | kube-proxy | kubelet) client_kubeconfig "$1" "$STATE/kubeconfigs/$1" ;;
  esac
}

make_users() {
  local entry user token
  rm -f tokens.csv # of a run that was interrupted
  for entry in $TEST_USERS; do
    user=${entry%%=*}
    token=$(openssl rand -hex 24)
    echo "$token,$user,$user,\"${entry#*=}\"" >>tokens.csv
    token_kubeconfig "$user" "$token" "$STATE/users/$user.kubeconfig"
  done
}

client_kubeconfig() { # name file
  write_kubeconfig "$1" "$2" \
    "{client-certificate-data: $(base64 -w0 "$PKI/$1.crt"), client-key-data: $(base64 -w0 "$PKI/$1.key")}"
}

token_kubeconfig() { # user token file
  write_kubeconfig "$1" "$3" "{token: $2}"
}

write_kubeconfig() { # user file credentials
  (umask 077 && cat >"$2.new") <<YAML
apiVersion: v1
kind: Config
clusters: [{name: swarm-$BED, cluster: {server: "https://$API_ADDRESS:$API_PORT", certificate-authority-data: $(base64 -w0 "$PKI/ca.crt")}}]
users: [{name: $1, user: $3}]
contexts: [{name: swarm-$BED, context: {cluster: swarm-$BED, user: $1}}]
current-context: swarm-$BED
YAML
  mv "$2.new" "$2"
}
