/** Serving, training, features, data, and how it all is delivered. */
export const learningVocabulary = `
cost, price, money
spend, spent, cheap, cheaper, expensive, bill > cost
save money > cost
spot, preemptible
cloud > provider
autoscaler, autoscaling, provisioning
more machines, new machines > autoscaler, provisioning
capacity > quota, resources
request, requests
reserve, reservation
resource, cpu memory
deploy, serve, host
host > serve
self hosted > deploy, serve
predict, prediction, inference
infer, score > predict, inference
serving, inference, model server
model server, serving runtime, predictor
endpoint, url, rest
call, invoke > request, client
rest, http
grpc, protobuf
preprocess, transform, transformer
postprocess > transform
chain, ensemble > graph
classifier > model, predict
picture, photo, image
vision > image
speech, audio
language model > llm, generative
chat, chatbot, completion
openai, chat completion
prompt > generate, completion, context
long prompts, long context > kv cache, context
embedding, vector
semantic search, similarity search > vector, embedding
searchable > index, search, vector
relevance, rerank, ranking
cross encoder > rerank
fine tune, finetune, adapter
adapter, lora
quantise, quantize > quantization
discriminate, discrimination, bias, fairness
explain, explainer, explanation
why did the model > explainer
interpret > explain
drift, data drift
outlier, anomaly
quality, validation
check > validate, verify
schema, type
train, training, fit
trained > training
distributed, multi node
several machines, many machines, multiple machines > distributed
worker, executor
driver, launcher
mpi, horovod
hyperparameter, tuning, optimization
best parameters, search space > hyperparameter
experiment, trial
track, tracking, record
registry, register
feature, column
features, feature view
entity, join key
online, real time, low latency
low latency > online
newest, latest, freshest, current
offline, batch, historical
warehouse > offline, bigquery, snowflake
point in time, historical, time travel
training data, training dataset > historical
load, materialize, ingest
move to online, refresh > materialize
window, tile, aggregation
rolling, average, sum > aggregation, window
lineage, provenance
origin, came from, where from > lineage
derived > lineage, on demand
permission > rbac
team, tenant
tenant, multi tenancy, multitenancy, isolation
project, namespace
environment, stage, staging
try out > test
experiment with > test
test, unit test
local, laptop
laptop, own machine, without a cluster > local
notebook, jupyter
git, source control
git server, repository > git
source > git
private registry, image pull secret, imagepullsecret
registry > image
build > image, container
docker, container
ssh, git
language, java, go > client
script > python, sdk
python package > sdk, client
yaml, manifest
without yaml > sdk, python
helm, chart
kustomize, overlay
gitops, argo cd
admission, webhook, validation
validate, admission
mutate, default > webhook, defaulting
default, fallback
controller, operator
reconcile, controller
finalizer, terminating
terminating, deletion > finalizer
thousands, many, massive > scale, scaling
massive, large scale
throttling, rate, qps
parallelism, concurrency
nodes > cluster
plain, bare, raw
interrupted > failure, retry
transient, flaky > retry
exponential > backoff
backoff, requeue
again and again > retry, requeue, backoff
exit code, return code
kernel, driver
plugin, extension
extend > plugin, custom
third party > external, plugin
external, outside
outside > external
input > parameter
interactive > input
form > parameter, input
secret, vault
mask, hide, redact
audit > log
compliance > policy, audit
workbench, notebook server
profile, namespace
component, step, task
compile, compiler
early stopping, stop early
bayesian, grid search, random search > algorithm
algorithm, method
suggestion, search
sweep > hyperparameter, experiment
model registry, model catalog
model store, model storage > registry, storage
checkpoint, save
resume training > checkpoint
gradient, loss > training, metrics
epoch, iteration
sample, example
example, tutorial, quickstart
getting started, first steps, quickstart
introduction, overview, concept
what is > overview, concept
difference, compare, comparison
versus > comparison
batch inference, batch prediction, bulk scoring > batch
bulk > batch
mini batching, request batching, batcher
group requests > batcher
log requests, payload logging, inference logger
audit predictions > logger
feature store, feast
feature server, online serving
offline retrieval, training dataset > historical features
fresh, stale > freshness, ttl, materialize
time travel > point in time
transformation, on demand
compute on the fly, at request time > on demand
push, ingest, stream
data source, source
parquet, file source
sql database, relational > postgres, sql
vector database, vector store
document search, retrieval
ranking, score
text to speech, speech
translation, summarization > text generation
tokens per second, time to first token > throughput, latency
disaggregated, prefill, decode
tensor parallel, pipeline parallel, multi gpu
sharding, shard
does not fit, too big for one gpu > multi node, tensor parallel
quantized, smaller model > quantization
cold start > scale from zero, caching
warm up, preload > cache
local model cache, model cache
private model, gated model > token, credentials
hugging face, huggingface
bring own image, custom image > custom, container
custom code, own code > custom predictor, custom
routing, router
inference graph, chain
ab test, champion challenger > canary, traffic split
monitoring models, model monitoring > drift, metrics, outlier
fraud, unusual > outlier, anomaly
trust, responsible > explainability, fairness
`;
