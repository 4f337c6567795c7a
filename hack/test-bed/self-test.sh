#!/usr/bin/env bash
# Tests the test bed itself on a bed of its own: self-test.sh [node | fake-node]. Takes about three minutes when all
# programs are built. Ends with "N passed, N failed".
set -euo pipefail

HERE=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
export SWARM_TEST_BED=${SWARM_TEST_BED:-self-test}
export SWARM_TEST_BED_MODE=${1:-node}
STATE=${XDG_CACHE_HOME:-$HOME/.cache}/swarm/test-beds/$SWARM_TEST_BED
passed=0
failed=0

bed() { "$HERE/test-bed.sh" "$@"; }
kubectl() { bed exec -- kubectl "$@"; }

check() { # what command...
  local what=$1 log since=$SECONDS
  shift
  log=$(mktemp)
  # A subshell of its own, so that `set -e` holds in the checks too.
  set +e
  (set -e && "$@") >"$log" 2>&1
  local code=$?
  set -e
  if ((code == 0)); then
    passed=$((passed + 1))
    printf 'ok      %s (%d s)\n' "$what" "$((SECONDS - since))"
  else
    failed=$((failed + 1))
    printf 'FAILED  %s\n' "$what"
    tail -n 15 "$log" | sed 's/^/        /'
  fi
  rm -f "$log"
}

run_ends() { # pipeline expected-status expected-reason-of-the-task
  local name="$1-$RANDOM"
  kubectl create -f - <<YAML
{apiVersion: tekton.dev/v1, kind: PipelineRun, metadata: {name: $name}, spec: {pipelineRef: {name: $1}}}
YAML
  kubectl wait --for=condition=Succeeded="$2" --timeout=90s "pipelinerun/$name"
  [[ $(kubectl get taskrun -l "tekton.dev/pipelineRun=$name" -o 'jsonpath={.items[*].status.conditions[0].reason}') == "$3" ]]
}

all_samples_end_as_described() {
  bed samples default
  run_ends hello True Succeeded
  run_ends churn-train True 'Succeeded Succeeded Succeeded'
  run_ends failing False StepFailed
  run_ends memory-hog False StepOOM
}

real_training_has_results() {
  local accuracy
  accuracy=$(kubectl get pipelinerun -l tekton.dev/pipeline=churn-train -o 'jsonpath={.items[0].status.results[?(@.name=="accuracy")].value}')
  [[ $accuracy == 0.8* ]]
}

access_rules_hold() {
  [[ $(KUBECONFIG=$STATE/users/mallory.kubeconfig "$(bed kubectl)" auth can-i create pipelineruns.tekton.dev || true) == no ]]
  [[ $(kubectl auth can-i create pipelineruns.tekton.dev) == yes ]]
}

comes_up_in_time() {
  local since=$SECONDS
  bed up
  ((SECONDS - since < 30))
  kubectl get pipeline hello
}

own_pids() { cut -d' ' -f1 "$STATE"/run/*.pid; }
service_pids() { cut -d' ' -f1 "$STATE"/services/run/*.pid; }

is_back_after_a_crash() {
  local pid
  for pid in $(own_pids); do kill -KILL "$pid"; done
  bed up
  bed status
  run_ends hello True Succeeded
}

survives_an_interrupted_up() {
  local pid
  bed down
  for seconds in 0.5 2 4; do
    setsid "$HERE/test-bed.sh" up &
    pid=$!
    sleep "$seconds"
    kill -KILL "$pid" 2>/dev/null || true
  done
  bed up
  bed status
  run_ends hello True Succeeded
}

# Of the bed's processes only; in a bed with namespaces of its own nothing may listen outside of them at all.
listens_on_loopback_only() {
  local pids open
  pids=$({ own_pids; service_pids; } | paste -sd '|')
  open=$(ss -ltnpH | awk -v pids="pid=($pids)," '$0 ~ pids && $4 !~ /^(127\.0\.0\.1|\[::1\]):/ { print $4 }')
  echo "listening beyond loopback: ${open:-nothing}"
  [[ -z $open ]]
}

# By the mark in their environment, see launch in lib/processes.sh.
no_process_is_left() {
  ! grep --files-with-matches --null-data --line-regexp --fixed-strings --no-messages \
    --regexp "SWARM_TEST_BED_OWNER=$STATE" --regexp "SWARM_TEST_BED_OWNER=$STATE/services" /proc/[0-9]*/environ
}

nothing_is_left() { no_process_is_left && [[ ! -e $STATE ]]; }

status_fails_when_down() { ! bed status; }

# shellcheck disable=SC2016 # for the shell inside
object_stores_answer() {
  bed exec -- bash -euc '
    for endpoint in "$SWARM_TEST_S3_ENDPOINT" "$SWARM_TEST_S3_SECOND_ENDPOINT"; do
      [[ $(curl --silent --output /dev/null --write-out "%{http_code}" "$endpoint/") == 403 ]]
      [[ $endpoint == http://127.0.0.1:* ]]
    done
    [[ -n $SWARM_TEST_S3_SECRET_KEY && $SWARM_TEST_S3_SECRET_KEY != "$SWARM_TEST_S3_SECOND_SECRET_KEY" ]]'
}

services_need_no_cluster() {
  bed services minio,versitygw
  bed status
  object_stores_answer
  [[ ! -e $STATE/kubeconfig ]]
}

# shellcheck disable=SC2016 # for the shell inside
services_keep_address_and_password() {
  local before pid
  before=$(bed environment)
  for pid in $(service_pids); do kill -KILL "$pid"; done
  if bed status; then return 1; fi
  bed services minio,versitygw
  [[ $(bed environment) == "$before" ]]
  object_stores_answer
}

services_stop_one_by_one() {
  bed services --stop versitygw
  bed status
  if bed environment | grep SECOND; then return 1; fi
  bed services --stop
  [[ -z $(bed environment) ]]
  status_fails_when_down
}

unknown_services_are_named() {
  local answer
  if answer=$(bed services minio,nothing 2>&1); then return 1; fi
  [[ $answer == *"there is no service 'nothing'"* && $answer == *versitygw* ]]
}

services_outlive_the_cluster() {
  local before
  before=$(service_pids)
  for pid in $(own_pids); do kill -KILL "$pid"; done
  bed up
  [[ $(service_pids) == "$before" ]]
  object_stores_answer
  kubectl get namespace default
}

bed down --purge 2>/dev/null
check 'services start without a cluster' services_need_no_cluster
check 'a service that was killed is back at its address' services_keep_address_and_password
check 'services are stopped one by one' services_stop_one_by_one
check 'a service that is not there is refused' unknown_services_are_named
check 'a new bed comes up, with services' bed up --with minio,versitygw
check 'services outlive a crash of the cluster' services_outlive_the_cluster
check 'all components run' bed status
check 'up again changes nothing and takes under 30 s' bash -c "'$HERE/test-bed.sh' samples default && '$HERE/test-bed.sh' up"
check 'the sample pipelines end as they say' all_samples_end_as_described
if [[ $SWARM_TEST_BED_MODE == node ]]; then check 'the training has an accuracy' real_training_has_results; fi
check 'access rules hold' access_rules_hold
check 'it listens on loopback only' listens_on_loopback_only
check 'it goes down' bed down
check 'no process is left' no_process_is_left
check 'status of a stopped bed fails' status_fails_when_down
check 'a stopped bed is back in 30 s with its objects' comes_up_in_time
check 'it comes back after kill -9 of everything' is_back_after_a_crash
check 'it comes back after an up that was killed' survives_an_interrupted_up
check 'it is taken away' bed down --purge
check 'nothing is left' nothing_is_left
printf '%d passed, %d failed\n' "$passed" "$failed"
((failed == 0))
