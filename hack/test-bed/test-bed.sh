#!/usr/bin/env bash
# A Kubernetes cluster with Tekton for development and tests. See README.md, or: test-bed.sh --help
set -euo pipefail

HERE=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
for file in "$HERE"/lib/*.sh; do
  # shellcheck disable=SC1090
  source "$file"
done

usage() {
  cat <<TEXT
usage: hack/test-bed/test-bed.sh COMMAND

  up [--fresh] [--with SERVICES]
                       start the cluster, or whatever of it is missing; --fresh throws its old state away first
  services SERVICES    start services without touching the cluster; names with commas between: $(known_services | paste -sd ',')
  services --stop [SERVICES]
  down [--purge]       stop cluster and services; --purge deletes their state too
  status               one line for each component and service; fails unless all run
  environment          print shell lines that say how to reach cluster and services: eval "\$(test-bed.sh environment)"
  kubeconfig           print the path of the administrator's kubeconfig
  kubectl              print the path of kubectl
  exec -- COMMAND...   run a command with that environment, and kubectl in PATH
  samples NAMESPACE    install the sample pipelines of hack/test-bed/samples
  load REF ARCHIVE     make a docker-archive file available to pods under the name it has inside
  image REF OPTIONS    pack files into an image and load it; options as in images/pack.mjs
  packages PROGRAM...  install the Debian packages of programs that are missing; PROGRAM=PACKAGE where the names differ
  operator-image       pack dist/ as the image of the operator and load it; prints its name
  tool NAME            print the path of helm4, helm3, kubeconform or krew, built if need be
  monitoring-crds      print the folder of Prometheus Operator's CRDs
  inside -- COMMAND... run a command in the bed's network and mount namespaces, for example: ctr -n k8s.io task ls

environment:
  SWARM_TEST_BED        name of the cluster, default "demo"; clusters of different names run side by side
  SWARM_KUBECONFIG      use this cluster instead of making one
  SWARM_TEST_BED_MODE   kind | node | fake-node instead of the automatic choice
  SWARM_TEST_BED_FSYNC  1: etcd waits for the disk (slower, survives a crash of the machine)
TEXT
}

main() {
  local command=${1:-}
  if (($#)); then shift; fi
  load_settings
  case $command in
    up) lock_bed; up "$@" ;;
    services) lock_bed; services_command "$@" ;;
    down) lock_bed; down "$@" ;;
    status) status ;;
    kubeconfig) use_bed; echo "$KUBECONFIG_FILE" ;;
    kubectl) choose_mode; kubectl_path ;;
    environment) environment ;;
    exec) run_with_bed "$@" ;;
    samples) use_bed; install_samples "$@" ;;
    load) use_bed; lock_bed; load_image "$@" ;;
    image) use_bed; lock_bed; ensure_image "$@" ;;
    operator-image) use_bed; lock_bed; ensure_operator_image ;;
    tool) tool "$@" ;;
    monitoring-crds) monitoring_crds ;;
    packages) ensure_packages "$@" ;;
    inside) use_bed; enter_namespaces; if [[ ${1:-} == -- ]]; then shift; fi; exec "${INSIDE[@]}" "$@" ;;
    -h | --help | help) usage ;;
    *) usage >&2; exit 2 ;;
  esac
}

main "$@"
