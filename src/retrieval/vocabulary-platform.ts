/** Quotas, rights, networks, placement, workflows, events, scaling. */
export const platformVocabulary = `
limit, maximum, quota
cap, restrict, ceiling > limit, quota, maximum
at most > maximum, limit
minimum, at least > minimum
budget > limit, quota, cost
quota, resource quota, resourcequota, clusterqueue
rate limit, rate limiting, throttle
usage, consumption
weight, priority
important, urgent > priority
preempt, evict, preemption
kick out, push out, displace > preempt, evict
fair, fair sharing, fairness
starve, monopolise, hog > fair sharing, quota
borrow, lend, cohort
lend > borrow
share, sharing
shared > share
split, divide, partition
slice > partition, share
together, one unit, all or nothing, gang, coscheduling
allow, permit, enable
turn on, activate > enable
turn off, deactivate, switch off > disable
disable, off
forbid, prohibit, disallow, prevent, deny
only approved, lock down > restrict, policy, restriction
policy, rule
rights, permission, role, rbac, access control
who may, who can > permission, rbac, role
grant > permission, role
admin, administrator
platform team > administrator
data scientist > user
person, people, human > user
manual, human > manual approval
approve, approval
sign off, human in the loop > approval, manual, suspend
type in, enter > input
log in, login, sign in > authentication, sso, credentials
credential, secret, password
api key > token, secret, credential
token, bearer
identity, service account
encrypt, encryption, tls
certificate, cert, x509, ca
self signed > certificate, ca
signature, sign, verify, cosign
tamper, trust > verify, signature
vulnerability, security
secure, harden > security
sandbox, hermetic, isolated
no network, without network > hermetic, isolated
air gapped, offline, disconnected
no internet > air gapped, proxy
proxy > egress
firewall > network policy
mesh, service mesh, istio
entry point, ingress, gateway
expose, reachable > ingress, service, url
domain, dns, hostname
load balancer > ingress, service
traffic, request
pod, container
helper > sidecar, daemon
sidecar, helper container
background > daemon
side by side > sidecar, parallel
init container, init
root, privileged
non root, unprivileged, user id, uid, runasuser > security context, runasnonroot
security context, securitycontext
pod security, restricted
label, annotation
tag > label, version
placement, affinity, node selector, nodeselector
certain machines, particular nodes, specific nodes > node selector, affinity, toleration
same machine, same node > affinity
taint, toleration
topology, zone, rack
rack > topology
region, zone
multi cluster, multicluster, several clusters
federated, federation, multi cluster
schedule, cron, recurring, periodic
daily, nightly, hourly, weekly, every day, every night > schedule, cron
regularly > schedule, cron
calendar, time zone > schedule, cron
past, historical, backfill
catch up, missed > backfill, cron
condition, conditional, when
if, only if > condition, when
branch > condition, dag, parallel
skip, omit
ignore > skip, exclude
exclude > ignore
loop, iterate, for each, foreach
every item, each item > loop, parallel
fan out, parallel, matrix
fan in > aggregate
concurrent, parallel, simultaneous
at the same time, at once > parallel, concurrency
one at a time > mutex, synchronization, concurrency
lock, mutex, semaphore, synchronization
order, sequence, dependency, depends
after another, after > depends, dependency
nested, child, sub
inside another, of another, within another > nested, reference
building block, reuse, reusable, template
blueprint, definition, spec, template
catalog, hub, library
catalogue > catalog, registry
import, include > reference
step, task
job, task, workload
batch > job
workflow, pipeline
run, execution
parameter, input, variable
value > parameter, result
result, output
return > result, output
pass, hand over, exchange > parameter, result, output
artifact, output
file > artifact, volume
large, big > large
workspace, shared volume
working directory > workspace
report > artifact, metrics
visualise, visualize, plot, chart
exit, finally, on exit, exit handler
end, finish, complete
ended, finished, done > complete, finally, exit
at the end > finally, exit
hook, lifecycle
before > pre
notification, notify, alert
tell, inform, message > notification, event
slack, chat channel, email, teams > notification
webhook, http sink, event
sink > event
listen, subscribe, react > event, trigger
event stream, message bus, kafka
stream, streaming
broker, message queue > kafka, event
poll, polling > webhook, callback
cache, memoize, caching
reuse results, already computed, skip already > cache
log, logs
print, stdout > log
archive, retention
history, past runs > archive
metric, prometheus, monitoring
monitor, observe, observability, metrics
grafana, dashboard
notice, detect
trace, tracing, opentelemetry
health, readiness, liveness, probe
healthy, alive > health, probe, ready
not ready, unready > ready, status, condition
status, condition, state
scale, autoscale, autoscaling, replica
grow, shrink, resize > scale, elastic
elastic, dynamic
idle, scale to zero
zero > scale to zero
replica, copy
spare > capacity, surge
rollout, rolling update
downtime, outage > rolling update, rollout, availability
gradual, step by step > canary, rollout
canary, traffic split
blue green > rollout, canary
a/b, shadow > canary, traffic
failover, failure recovery
node failure, node down, machine down > failure recovery
replacement > recovery, recreate
recover, restore, recovery
backup, snapshot
disaster recovery, backup, restore
leader election, high availability
replicated > high availability, replica
drift, out of sync, diff
live state, desired state > sync, diff
synchronise, synchronize, sync
self heal, heal > self healing, automated sync
apply > deploy, create
apply order, order of resources > sync wave, hook
one template for many, generate apps > applicationset, generator
app, application
app of apps, parent application
many clusters, fleet > multi cluster, applicationset
primary, leader
master > primary, control plane
standby, replica, secondary
read only > replica
promote, switchover, failover
switch primary > switchover, promote
point in time recovery, pitr
write ahead log, wal
go back in time > restore, recovery, point in time
connection pool, connection pooling, pooler, pgbouncer
too many connections > pooler, connection limit
bootstrap, initialize
initialise, initialize
tablespace, storage
control plane, api server
unhealthy node, unhealthy machine > health check, remediation
repair, remediate, self healing
replace nodes, replace machines > rollout, remediation
drain, cordon, evict
node pool, node group, machine pool
provider, infrastructure
pivot > move
scaffold, generate, boilerplate
skeleton > scaffold
marker, comment > annotation
conversion, api version
several versions, multiple versions > conversion, version
owner, owner reference
watch, informer
event filter, predicate
fake, simulate, mock
simulation, simulator, simulate
pretend, imitate > simulate, fake
load test, stress test > performance, simulate
benchmark, performance
field, attribute, key
immutable, read only
clone, copy
subpath, subdirectory > path
ownership > owner
bandwidth, traffic > network
ip, address
port, listener
header, cookie
redirect, rewrite > route
hostname, host > domain
websocket, sse > streaming
cross namespace, other namespace > reference, namespace
inherit, propagate > label, default
expire, expiry, ttl
rotate, renew, rotation
revoke, invalidate > token, delete
impersonate, on behalf > service account, user
anonymous, guest > authentication
public, unauthenticated > anonymous, ingress
scan, vulnerability
provenance, attestation, slsa
sbom > provenance, attestation
pin, digest
mirror > registry, proxy
concurrent limit, at most one > parallelism, mutex
debounce, dedupe > concurrency
timeout of approval > suspend
resume from failure, restart from failed step > retry
partial run, only one step > target, entrypoint
`;
