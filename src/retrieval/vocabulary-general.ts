/** Abbreviations, and what people do and see: acting, looking, waiting, failing. */
export const generalVocabulary = `
k8s, kubernetes
kfp, kubeflow pipelines
isvc, inferenceservice
llm, large language model
pvc, persistent volume claim
pv > persistent volume
svc > service
cm > configmap
ns > namespace
sa > service account
crd, custom resource definition
cr > custom resource
hpa, horizontal pod autoscaler
vpa, vertical pod autoscaler
pdb, pod disruption budget
oom, out of memory, oomkilled
cli, command line, terminal
ui, user interface, web interface, dashboard
gui, web interface > ui, dashboard
sdk, client library
repo, repository
auth > authentication, authorization
authn, authentication
authz, authorization
oidc, openid connect
sso, single sign on
ha, high availability
dr > disaster recovery
ci > continuous integration
cd > continuous delivery
e2e, end to end
db, database
env, environment
var > variable
config, configuration, settings
param, parameter, argument
arg > argument, parameter
img > image
info > information
docs > documentation
prod > production
perf > performance
mem > memory
dir, directory, folder
gcs, google cloud storage
s3, object storage
ecr, container registry
acr, container registry
gcr, container registry
tls, ssl, https
ca, certificate authority
mtls, mutual tls
dag, directed acyclic graph
ttl, time to live
sla, deadline
slo > latency, objective
qps, queries per second, throughput
p99, p95 > latency, tail
hpo, hyperparameter tuning
nlp > text, language
rag, retrieval augmented generation
kv > key value
kv cache, prefix cache
callback, call back > webhook, event
mig > gpu partition
dra, dynamic resource allocation
rwx > readwritemany
rwo > readwriteonce
cpu, processor, core
gpu, accelerator, graphics card, nvidia
tpu > accelerator
video card > gpu
ram, memory
disk, volume, storage
hard drive > disk, volume
machine, node, host
server > node
vm, virtual machine > node, machine
computer, box > node, machine
instance type > node, machine type
start, launch, run, execute, trigger, submit
kick off, fire > start, run, trigger
begin > start
stop, cancel, terminate, abort
kill, halt, interrupt > stop, terminate, cancel
pause, suspend, hold
hold back > suspend
unpause, continue, go on > resume
restart, retry, rerun
again, repeat > retry, rerun
try again > retry
delete, remove
drop, erase, get rid of > delete, remove
clean up, cleanup, prune, garbage collection
leftover, stale, orphan > cleanup, garbage collection, prune
retention, keep, ttl
change, modify, edit, update
adjust, tweak > change, configure, tune
override, overwrite
create, define
make > create
write > create, define
self written, bring your own > custom
set up, setup, install, configure
installation, install, deploy
uninstall > remove, delete
upgrade, migrate, update
move, switch > migrate, migration
rename > migrate
roll back, rollback, revert, undo
previous version, earlier version > rollback, revision
deprecated, removed, obsolete
view, show, display, inspect
look at, see > view, show, ui
browser > ui, web
browse, explore > ui, list
find, search, list, query
fetch, get, retrieve, read
look up > get, retrieve, query
download, pull, fetch
upload, push
copy, transfer > download, upload
save, persist, store
wait, pending
waiting line, backlog > queue, pending
line > queue
stuck, hang, blocked, pending
freeze > stuck, hang
never starts, does not start > pending, suspended
slow, latency, performance
fast, quick, speed > latency, performance
quicker, faster > performance, latency, optimize
optimise, optimize, tune
lag, behind > scale, throttling, performance
bottleneck > performance, scale
error, failure, fail
crash, broken, break, die > fail, error
went wrong, goes wrong, problem, issue > error, troubleshoot, debug
debug, troubleshoot, diagnose
reason, cause > troubleshoot, debug
refused, rejected, denied, forbidden
permission denied, access denied, not allowed, unauthorized, forbidden
404, not found, missing
timeout, deadline
time out, too long, hours > timeout
vanish, disappear, gone > deleted, removed
empty, blank > missing
mismatch, differ > conflict
clash, fight, collide > conflict
duplicate, twice > duplicate, conflict
`;
