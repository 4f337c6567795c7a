#!/usr/bin/env bash
# Shows Swarm on a real cluster. See usage() below.
set -euo pipefail

HERE=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
ROOT=$(cd -- "$HERE/../.." && pwd)
export SWARM_TEST_BED=${SWARM_TEST_BED:-demo}
export PATH=$ROOT/node_modules/.bin:$PATH # with Node 24
BED=$ROOT/hack/test-bed/test-bed.sh
FOLDER=${XDG_CACHE_HOME:-$HOME/.cache}/swarm/demo
NAMESPACE=churn-team
STARTED_AT=$SECONDS
# shellcheck source=SCRIPTDIR/processes.sh
source "$HERE/processes.sh"
# shellcheck source=SCRIPTDIR/backends.sh
source "$HERE/backends.sh"

usage() {
  cat <<TEXT
usage: hack/demo/demo.sh up | down

  up     bring up a cluster with Tekton and Swarm, and let it work: a question, an approved run, two intents, a failure,
         documents, data and a Kubeflow pipeline. The cluster and the operator stay. Repeat it as often as you like.
  down   stop the operator and the cluster; what was built stays in the cache.

environment:
  ELASTICSEARCH=1   keep the documents in Elasticsearch instead of the index inside the operator
TEXT
}

# --- showing -----------------------------------------------------------------------------------------------------------

title() { printf '\n== %s\n' "$*"; }
say() { printf '   %s\n' "$*"; }
shown() { printf '   $ %s\n' "$*"; "$@" | indented; }
manifest() { printf '   hack/demo/%s:\n' "$1"; indented <"$HERE/$1"; }
indented() { sed 's/^/     /'; }

fail() { # message [process]
  local log=$FOLDER/${2:-operator}.log
  printf '\n[demo] error: %s\n' "$1" >&2
  if [[ -s $log ]]; then
    printf '  --- last lines of %s\n' "$log" >&2
    tail -n 15 "$log" | cut -c 1-300 | sed 's/^/  | /' >&2
  fi
  exit 1
}

# --- the cluster and the operator ----------------------------------------------------------------------------------------

kubectl() { command "$KUBECTL" --kubeconfig "$KUBECONFIG_FILE" --namespace "$NAMESPACE" "$@"; }

find_cluster() {
  KUBECTL=$("$BED" kubectl)
  KUBECONFIG_FILE=$("$BED" kubeconfig)
}

install_swarm() {
  title 'Swarm is installed: resource kinds, access rules, and a team with its pipelines'
  local part
  for part in crd rbac admission; do command "$KUBECTL" --kubeconfig "$KUBECONFIG_FILE" apply --server-side --force-conflicts -k "$ROOT/config/$part" >"$FOLDER/apply.log" || fail "config/$part could not be applied"; done
  kubectl wait --for=condition=Established --timeout=30s -f "$ROOT/crds" >/dev/null || fail 'the CRDs were not established'
  kubectl create namespace "$NAMESPACE" --dry-run=client -o yaml | kubectl apply -f - | indented
  kubectl apply -f "$ROOT/config/samples/team.yaml" | indented
  kubectl apply -f "$ROOT/hack/test-bed/samples" | indented
}

start_operator() {
  local port tries=0
  title 'The operator starts, with the rights of its own ServiceAccount'
  stop_process operator
  write_operator_kubeconfig
  port=$(free_port)
  # Everything it talks to is on this machine, which it calls only when told so.
  start_process operator node "$ROOT/src/main.ts" --kubeconfig "$FOLDER/operator.kubeconfig" --data-directory "$FOLDER/data" \
    --health-address "127.0.0.1:$port" --metrics-address 127.0.0.1:0 --stream-address 127.0.0.1:0 --allowed-hosts 127.0.0.1,localhost
  until is_ready "$port"; do
    pid_of operator >/dev/null || fail 'the operator ended'
    ((++tries < 150)) || fail 'the operator was not ready after 30 s'
    sleep 0.1
  done
  say "ready: process $(pid_of operator), log $FOLDER/operator.log"
}

free_port() {
  node --eval 'const server = net.createServer().listen(0, "127.0.0.1", () => { console.log(server.address().port); server.close(); })'
}

is_ready() { # port
  node --eval 'fetch(process.argv[1]).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))' "http://127.0.0.1:$1/readyz"
}

write_operator_kubeconfig() {
  local token
  token=$(kubectl --namespace swarm-system create token swarm-operator --duration 24h) || fail 'no token for the operator'
  (
    umask 077
    kubectl config view --raw --minify --flatten -o json |
      node --input-type=module --eval '
        const config = JSON.parse(await new Response(process.stdin).text());
        config.users[0].user = { token: process.argv[1] };
        console.log(JSON.stringify(config));' "$token" >"$FOLDER/operator.kubeconfig"
  )
}

# --- the stories -----------------------------------------------------------------------------------------------------------

# Prints every change of an object until it has ended (or waits for a person).
follow() { # kind name [stop-at-phase]
  local kind=$1 name=$2 stop=${3:-} line last='' is_finished until=$((SECONDS + 180))
  while :; do
    is_finished=$(kubectl get "$kind" "$name" -o jsonpath='{.status.conditions[?(@.type=="Finished")].status}')
    line=$(kubectl get "$kind" "$name" -o go-template-file="$HERE/follow.gotmpl")
    if [[ -n $line && $line != "$last" ]]; then
      printf '     [+%ds] %s/%s: %s\n' "$((SECONDS - STARTED_AT))" "$kind" "$name" "$line"
      last=$line
    fi
    if [[ $is_finished == True || (-n $stop && ${line%% *} == "$stop") ]]; then return; fi
    if ((SECONDS >= until)); then
      kubectl get "$kind" "$name" -o yaml | tail -n 40 >&2
      fail "$kind/$name did not get there in 180 s"
    fi
    sleep 0.4
  done
}

# Shows the newest answer, and fails unless these words are in it.
show_reply() { # conversation words...
  local reply word
  say "\$ kubectl get conversation $1 -o jsonpath={.status.reply.text}"
  reply=$(kubectl get conversation "$1" -o jsonpath='{.status.reply.text}')
  fold -s -w 110 <<<"$reply" | indented
  for word in "${@:2}"; do
    [[ -n $word && $reply == *"$word"* ]] || fail "the answer of conversation $1 should name '$word'"
  done
}

clean_up_last_time() {
  kubectl delete conversations,intents --all --timeout=60s >/dev/null || fail 'what the last demo left could not be deleted'
  # Its indexes may be in an Elasticsearch that runs no more.
  kubectl delete knowledgebases --all --timeout=10s >/dev/null 2>&1 ||
    kubectl patch knowledgebase runbooks --type=merge --patch '{"metadata":{"finalizers":null}}' >/dev/null ||
    fail 'the knowledge base that the last demo left could not be deleted'
}

ask_question() {
  title 'A question, answered from what is in the cluster right now'
  manifest question.yaml
  kubectl apply -f "$HERE/question.yaml" | indented
  follow conversation question
  show_reply question churn-train failing hello
}

# Applies the Approval that the waiting turn prints.
approve() { # conversation
  local turn
  turn=$(kubectl get turns -l "swarm.mlops.dev/conversation=$1" --field-selector status.phase=AwaitingApproval -o name | head -n 1)
  [[ -n $turn ]] || fail "no turn of conversation $1 asks for approval"
  kubectl get "$turn" -o jsonpath='{.status.pendingApprovals[0].summary}{"\n"}' | indented
  kubectl get "$turn" -o jsonpath='{.status.pendingApprovals[0].manifest}' >"$FOLDER/approval.yaml"
  indented <"$FOLDER/approval.yaml"
  say "kubectl get $turn -o jsonpath='{.status.pendingApprovals[0].manifest}' | kubectl apply -f -"
  kubectl apply -f "$FOLDER/approval.yaml" | indented
}

train_with_approval() {
  title 'A run is asked for, approved with kubectl, awaited, and its result quoted'
  manifest training.yaml
  kubectl apply -f "$HERE/training.yaml" | indented
  follow conversation training AwaitingApproval
  say 'Nothing has run yet. The turn prints what it would do as an Approval that is bound to these very arguments:'
  approve training
  follow conversation training
  show_reply training "$(kubectl get conversation training -o jsonpath='{.status.pipelineRuns[0].results.accuracy}')"
  shown kubectl get pipelineruns.tekton.dev "$(kubectl get conversation training -o jsonpath='{.status.pipelineRuns[0].name}')"
}

judge_intents() {
  title 'Two intents: requests carried through to the end and judged by a metric of their run'
  manifest intents.yaml
  kubectl apply -f "$HERE/intents.yaml" | indented
  follow intent good-enough
  follow intent too-ambitious
  shown kubectl wait --for=condition=Finished --timeout=5s intent/good-enough intent/too-ambitious
  shown kubectl get intents
  kubectl get intents -o custom-columns='INTENT:.metadata.name,EXPECTED:.status.expectations[0].metric,WANT:.status.expectations[0].want,GOT:.status.expectations[0].got,MET:.status.expectations[0].met' | indented
  [[ $(phase_of intent good-enough) == Succeeded ]] || fail 'intent good-enough should have succeeded'
  [[ $(phase_of intent too-ambitious) == Failed ]] || fail 'intent too-ambitious should have failed'
}

phase_of() { kubectl get "$1" "$2" -o jsonpath='{.status.phase}'; }

diagnose_failure() {
  title 'A run that fails, and what went wrong: step, exit code, log line'
  manifest failure.yaml
  kubectl apply -f "$HERE/failure.yaml" | indented
  follow conversation failure
  show_reply failure read-data 'exit code 3' churn_label
  kubectl get conversation failure -o jsonpath='{.status.reply.text}' | grep -q 'code 3' || fail 'the diagnosis should name the exit code'
}

# The plugin of the checkout, as a person has it in PATH.
ask_by_plugin() {
  local question='Which Tekton runs failed?'
  title 'The same by the plugin, with the answer as it is written'
  say "\$ kubectl swarm ask \"$question\""
  KUBECONFIG=$KUBECONFIG_FILE "$ROOT/bin/kubectl-swarm" ask "$question" --namespace "$NAMESPACE" | indented || fail 'kubectl swarm ask failed'
}

look_around() {
  title "Look around; this took $((SECONDS - STARTED_AT)) s"
  cat <<TEXT
   export KUBECONFIG=$KUBECONFIG_FILE
   export PATH=$ROOT/bin:$(dirname "$KUBECTL"):\$PATH

   alias k='kubectl -n $NAMESPACE'

   k get swarm                            everything of ours
   k get conversation training -o yaml    reply, turns, pipelineRuns, conditions
   k get turns                            one per message: the journal of every decision
   k get pipelineruns.tekton.dev          the real runs
   k get events                           what happened, in order
   k explain conversation.spec            what can be set

   Talk to it:
     kubectl swarm chat -n $NAMESPACE
     kubectl swarm ask "Which Tekton runs failed?" -n $NAMESPACE
     kubectl swarm doctor -n $NAMESPACE
   Or from a file: edit hack/demo/question.yaml, then  k apply -f hack/demo/question.yaml
   The operator's log: $FOLDER/operator.log
   Stop everything: make demo-down
TEXT
}

up() {
  title 'A Kubernetes cluster with Tekton (the first time it is built from source, which takes a while)'
  "$BED" up --with "minio${ELASTICSEARCH:+,elasticsearch}" || fail 'the cluster did not come up; see above'
  find_cluster
  mkdir -p "$FOLDER"
  chmod 700 "$FOLDER"
  install_swarm
  start_operator
  clean_up_last_time
  start_backends
  ask_question
  train_with_approval
  judge_intents
  diagnose_failure
  answer_from_documents
  train_on_kubeflow
  ask_by_plugin
  look_around
}

down() {
  stop_process operator
  stop_process simulator
  "$BED" down
}

case ${1:-} in
  up) up ;;
  down) down ;;
  *) usage >&2; exit 2 ;;
esac
