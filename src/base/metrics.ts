import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

export type Metrics = ReturnType<typeof createMetrics>;

/**
 * Every metric of Swarm. The runtime's carry the names of controller-runtime and client-go, so that existing dashboards
 * and alerts fit; labels come from closed sets, never from names of objects or from text of users and models.
 */
export function createMetrics() {
  const registry = new Registry();
  return {
    registry,
    ...createControllerMetrics(registry),
    ...createQueueMetrics(registry),
    ...createClientMetrics(registry),
    ...createSwarmMetrics(registry),
  };
}

/** Adds CPU, memory, event loop and garbage collection of this process; once per process, at its start. */
export function measureProcess(metrics: Metrics): void {
  collectDefaultMetrics({ register: metrics.registry });
}

function createControllerMetrics(registry: Registry) {
  const registers = [registry];
  return {
    reconcileTotal: new Counter({
      name: 'controller_runtime_reconcile_total',
      help: 'Total number of reconciliations per controller',
      labelNames: ['controller', 'result'] as const,
      registers,
    }),
    reconcileErrorsTotal: new Counter({
      name: 'controller_runtime_reconcile_errors_total',
      help: 'Total number of reconciliation errors per controller',
      labelNames: ['controller'] as const,
      registers,
    }),
    terminalReconcileErrorsTotal: new Counter({
      name: 'controller_runtime_terminal_reconcile_errors_total',
      help: 'Total number of reconciliation errors per controller that are not retried',
      labelNames: ['controller'] as const,
      registers,
    }),
    reconcileTimeSeconds: new Histogram({
      name: 'controller_runtime_reconcile_time_seconds',
      help: 'Length of time per reconciliation per controller',
      labelNames: ['controller'] as const,
      buckets: [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
      registers,
    }),
    maxConcurrentReconciles: new Gauge({
      name: 'controller_runtime_max_concurrent_reconciles',
      help: 'Maximum number of concurrent reconciles per controller',
      labelNames: ['controller'] as const,
      registers,
    }),
    activeWorkers: new Gauge({
      name: 'controller_runtime_active_workers',
      help: 'Number of currently used workers per controller',
      labelNames: ['controller'] as const,
      registers,
    }),
  };
}

function createQueueMetrics(registry: Registry) {
  const registers = [registry];
  const labelNames = ['name'] as const;
  const buckets = [0.001, 0.01, 0.1, 1, 10, 60, 600];
  return {
    queueDepth: new Gauge({ name: 'workqueue_depth', help: 'Current depth of workqueue', labelNames, registers }),
    queueAddsTotal: new Counter({
      name: 'workqueue_adds_total',
      help: 'Total number of adds handled by workqueue',
      labelNames,
      registers,
    }),
    queueRetriesTotal: new Counter({
      name: 'workqueue_retries_total',
      help: 'Total number of retries handled by workqueue',
      labelNames,
      registers,
    }),
    queueDurationSeconds: new Histogram({
      name: 'workqueue_queue_duration_seconds',
      help: 'How long in seconds an item stays in workqueue before being requested',
      labelNames,
      buckets,
      registers,
    }),
    queueWorkDurationSeconds: new Histogram({
      name: 'workqueue_work_duration_seconds',
      help: 'How long in seconds processing an item from workqueue takes',
      labelNames,
      buckets,
      registers,
    }),
  };
}

function createClientMetrics(registry: Registry) {
  const registers = [registry];
  return {
    clientRequestsTotal: new Counter({
      name: 'rest_client_requests_total',
      help: 'Number of HTTP requests to the API server, partitioned by status code and method; code 0: no answer came',
      labelNames: ['code', 'method'] as const,
      registers,
    }),
    leading: new Gauge({
      name: 'leader_election_master_status',
      help: 'Whether this process leads: 1 leads, 0 stands by',
      labelNames: ['name'] as const,
      registers,
    }),
    watchListsTotal: new Counter({
      name: 'swarm_watch_lists_total',
      help: 'Full lists made to begin or to repair a watch',
      labelNames: ['resource'] as const,
      registers,
    }),
    watchResumesTotal: new Counter({
      name: 'swarm_watch_resumes_total',
      help: 'Watches resumed from the last version seen',
      labelNames: ['resource', 'cause'] as const,
      registers,
    }),
    eventsDroppedTotal: new Counter({
      name: 'swarm_events_dropped_total',
      help: 'Kubernetes Events that were not recorded because too many were waiting or the API server refused them',
      registers,
    }),
    apiWritesTotal: new Counter({
      name: 'swarm_api_writes_total',
      help: 'Writes to the API server by resource and verb',
      labelNames: ['resource', 'verb'] as const,
      registers,
    }),
  };
}

function createSwarmMetrics(registry: Registry) {
  const registers = [registry];
  return {
    turnsTotal: new Counter({
      name: 'swarm_turns_total',
      help: 'Finished turns',
      labelNames: ['outcome'] as const,
      registers,
    }),
    turnDurationSeconds: new Histogram({
      name: 'swarm_turn_duration_seconds',
      help: 'From the creation of a turn to its end',
      buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800],
      registers,
    }),
    modelRequestsTotal: new Counter({
      name: 'swarm_model_requests_total',
      help: 'Requests to language models',
      labelNames: ['model', 'outcome'] as const,
      registers,
    }),
    modelTokensTotal: new Counter({
      name: 'swarm_model_tokens_total',
      help: 'Tokens billed by language models',
      labelNames: ['direction'] as const,
      registers,
    }),
    toolCallsTotal: new Counter({
      name: 'swarm_tool_calls_total',
      help: 'Tool calls that have ended',
      labelNames: ['agent', 'tool', 'outcome'] as const,
      registers,
    }),
    streamClients: new Gauge({
      name: 'swarm_stream_clients',
      help: 'Clients that read the events of a turn',
      registers,
    }),
    streamEventsTotal: new Counter({
      name: 'swarm_stream_events_total',
      help: 'Events of turns that were sent to clients',
      labelNames: ['type'] as const,
      registers,
    }),
    streamClientsCutTotal: new Counter({
      name: 'swarm_stream_clients_cut_total',
      help: 'Clients that were cut off because they did not take the events they were sent',
      registers,
    }),
    approvals: pendingApprovals(registers),
  };
}

/** Counted when it is asked for; `pending` is replaced by who knows the turns. */
function pendingApprovals(registers: Registry[]): { pending: () => number } {
  const approvals = { pending: () => 0 };
  new Gauge({
    name: 'swarm_approvals_pending',
    help: 'Calls that wait for the approval of a person',
    registers,
    collect() {
      this.set(approvals.pending());
    },
  });
  return approvals;
}
