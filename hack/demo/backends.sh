# shellcheck shell=bash
# What the agents work with: MinIO and perhaps Elasticsearch of the test bed, and a simulator of Kubeflow Pipelines that
# answers as version 2.17 does (test/kfp).

SIMULATOR_SETTINGS='{"stepMs":400,"scripts":{"train-and-evaluate":{"evaluate":{"metrics":{"metrics":{"accuracy":0.8713,"loss":0.31}}}}}}'

start_backends() {
  title 'An object store with data, Kubeflow Pipelines (a simulator), and documents of the team'
  eval "$("$BED" environment)"
  stop_process simulator
  rm -f "$FOLDER/kfp.db"
  start_process simulator node "$ROOT/test/kfp/simulator/main.ts" --settings "$SIMULATOR_SETTINGS" \
    --s3-endpoint "$SWARM_TEST_S3_ENDPOINT" --s3-access-key "$SWARM_TEST_S3_ACCESS_KEY" --s3-secret-key "$SWARM_TEST_S3_SECRET_KEY"
  KFP_URL=$(simulator_address url) || fail 'the simulator of Kubeflow Pipelines did not start' simulator
  node "$ROOT/hack/demo/seed.ts" "$KFP_URL" || fail 'the sample data could not be stored' simulator
  kubectl create configmap runbooks --from-file="$HERE/documents" --dry-run=client -o yaml | kubectl apply -f - | indented
  backend_settings | kubectl apply -f - | indented
  say "object store $SWARM_TEST_S3_ENDPOINT, Kubeflow Pipelines $KFP_URL"
}

# The simulator tells its addresses in one line of JSON once it is ready.
simulator_address() { # field
  local tries=0
  until [[ -s $FOLDER/simulator.log ]]; do
    pid_of simulator >/dev/null && ((++tries < 150)) || return 1
    sleep 0.1
  done
  node --eval 'console.log(JSON.parse(require("fs").readFileSync(process.argv[1], "utf8").split("\n")[0])[process.argv[2]])' "$FOLDER/simulator.log" "$1"
}

# Secrets say where they may be sent: nobody can point them at a host of their own.
backend_settings() {
  cat <<YAML
apiVersion: v1
kind: Secret
metadata:
  name: swarm-object-store
  annotations: { swarm.mlops.dev/allowed-hosts: 127.0.0.1 }
stringData:
  accessKeyId: $SWARM_TEST_S3_ACCESS_KEY
  secretAccessKey: $SWARM_TEST_S3_SECRET_KEY
---
apiVersion: swarm.mlops.dev/v1alpha1
kind: SwarmConfig
metadata:
  name: default
spec:
  model: { provider: builtin }
  backends:
    kfp: { url: "$KFP_URL", auth: None, metadataURL: "http://$(simulator_address mlmdAddress)" }
    objectStore: { endpoint: "$SWARM_TEST_S3_ENDPOINT", secretRef: { name: swarm-object-store } }
$(elasticsearch_settings)
  policy: { buckets: [raw, mlpipeline] }
YAML
  if [[ -n ${ELASTICSEARCH:-} ]]; then elasticsearch_secret; fi
}

elasticsearch_settings() {
  [[ -n ${ELASTICSEARCH:-} ]] || return 0
  cat <<YAML
    elasticsearch:
      nodes: ["$SWARM_TEST_ELASTICSEARCH_URL"]
      secretRef: { name: swarm-elasticsearch }
      caSecretRef: { name: swarm-elasticsearch }
YAML
}

elasticsearch_secret() {
  cat <<YAML
---
apiVersion: v1
kind: Secret
metadata:
  name: swarm-elasticsearch
  annotations: { swarm.mlops.dev/allowed-hosts: "127.0.0.1,localhost" }
stringData:
  username: $SWARM_TEST_ELASTICSEARCH_USERNAME
  password: $SWARM_TEST_ELASTICSEARCH_PASSWORD
  ca.crt: |
$(sed 's/^/    /' "$SWARM_TEST_ELASTICSEARCH_CA_FILE")
YAML
}

answer_from_documents() {
  title "A how-to question, answered from documents of the team${ELASTICSEARCH:+ in Elasticsearch}, with its source"
  manifest documents.yaml
  kubectl apply -f "$HERE/documents.yaml" | indented
  kubectl wait --for=condition=Ready --timeout=60s knowledgebase/runbooks | indented
  shown kubectl get knowledgebases
  manifest howto.yaml
  kubectl apply -f "$HERE/howto.yaml" | indented
  follow conversation howto
  show_reply howto 0.85 '[1]'
  kubectl get conversation howto -o jsonpath='{range .status.reply.citations[*]}[{.n}] {.title} {.url}{"\n"}{end}' | indented
}

train_on_kubeflow() {
  title 'One conversation: the newest file is profiled, a Kubeflow pipeline is run, and its metrics are compared'
  manifest kubeflow.yaml
  kubectl apply -f "$HERE/kubeflow.yaml" | indented
  follow conversation forecast AwaitingApproval
  approve forecast
  follow conversation forecast
  kubectl get conversation forecast -o go-template='{{range .status.turns}}{{.text}}{{"\n"}}  → {{.reply}}{{"\n"}}{{end}}' | indented
  show_reply forecast churn-forecast
  shown kubectl get conversation forecast -o custom-columns='RUN:.status.pipelineRuns[*].name,BACKEND:.status.pipelineRuns[*].backend,STATE:.status.pipelineRuns[*].state,ACCURACY:.status.pipelineRuns[*].results.accuracy'
}
