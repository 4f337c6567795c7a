import { stringify } from 'yaml';
import { table } from './resource-reference.ts';

/** One alert of the PrometheusRule, with what its section of the runbook says. */
export interface Alert {
  readonly name: string;
  readonly expression: string;
  readonly for: string;
  readonly severity: 'critical' | 'warning' | 'info';
  readonly summary: string;
  /** What it means for people, and what to do. */
  readonly meaning: string;
  readonly steps: readonly string[];
}

/** Names that other operators use as well are told apart by the Service of our metrics. */
const ours = 'job="swarm-operator-metrics"';
/** The pages that alerts link to; the chart puts the address of your own copy in its place. */
const runbook = 'docs/operations/runbook.md';

export const alerts: readonly Alert[] = [
  {
    name: 'SwarmNobodyLeads',
    expression: `(max(leader_election_master_status{${ours}}) or vector(0)) < 1`,
    for: '5m',
    severity: 'critical',
    summary: 'No replica of the operator holds the Lease.',
    meaning: 'No message is answered. Nothing is lost: turns go on where they were once an operator leads.',
    steps: [
      'Are there pods? `kubectl -n swarm-system get pods -l app.kubernetes.io/part-of=swarm`; if not, `kubectl -n swarm-system describe deployment swarm-operator`.',
      'A pod that is not Ready has no full caches: its log names the kind that it cannot list, and why.',
      'All are Ready and none leads: `kubectl -n swarm-system get lease swarm-operator -o yaml` shows the holder and when it renewed. The log says why taking the Lease fails, for example a missing right.',
    ],
  },
  {
    name: 'SwarmApiServerRefuses',
    expression: `sum by (code) (rate(rest_client_requests_total{${ours},code=~"401|403"}[10m])) > 0.05`,
    for: '15m',
    severity: 'warning',
    summary: 'The API server refuses requests of the operator with {{ $labels.code }}.',
    meaning:
      'The operator, or an account that it acts as, lacks a right. Objects concerned carry the condition reason Forbidden, and its message names the verb, the resource and the account.',
    steps: [
      '`kubectl get conversations,intents,turns,swarmconfigs,knowledgebases -A -o json | jq -r \'.items[] | select(any(.status.conditions[]?; .reason == "Forbidden")) | "\\(.kind) \\(.metadata.namespace)/\\(.metadata.name)"\'` lists them.',
      'The operator itself: compare with config/rbac/operator.yaml, which is generated from what the code asks for.',
      'An account of a team: add the right to its Role, or leave it: agents then say that they may not.',
    ],
  },
  {
    name: 'SwarmApiServerFails',
    expression: `sum(rate(rest_client_requests_total{${ours},code=~"0|429|5.."}[10m])) / sum(rate(rest_client_requests_total{${ours}}[10m])) > 0.1`,
    for: '10m',
    severity: 'warning',
    summary: '{{ $value | humanizePercentage }} of the requests to the API server fail.',
    meaning:
      'The API server cannot be reached (0), asks for fewer requests (429) or fails (5xx). The operator waits and repeats; turns take longer.',
    steps: [
      'Look after the API server and etcd first: other controllers see the same.',
      '429 alone: API Priority and Fairness holds the operator back; lower `--max-concurrent-turns` or give its ServiceAccount a FlowSchema.',
    ],
  },
  {
    name: 'SwarmReconcileErrors',
    expression: `sum by (controller) (rate(controller_runtime_reconcile_errors_total{${ours}}[15m])) > 0.1`,
    for: '15m',
    severity: 'warning',
    summary: 'Reconciling {{ $labels.controller }} fails again and again.',
    meaning: 'Something that neither waiting nor a person’s correction explains: most likely a mistake in Swarm.',
    steps: [
      'The log has the stack: lines with `"level":"error"` and the name of the controller.',
      'Objects concerned carry the condition reason InternalError. Keep one of them (`-o yaml`) for the report.',
    ],
  },
  {
    name: 'SwarmQueueGrows',
    expression: `min_over_time(workqueue_depth{${ours}}[15m]) > 50`,
    for: '15m',
    severity: 'warning',
    summary: '{{ $value }} objects wait in the queue {{ $labels.name }}.',
    meaning: 'More is asked than is worked off. Turns show the phase Queued.',
    steps: [
      'Slow models are the usual reason: compare with the requests per second on the dashboard.',
      'Raise `--max-concurrent-turns` (and the memory limit with it) while CPU is idle.',
      'One namespace cannot keep the others waiting: places are given out in turn.',
    ],
  },
  {
    name: 'SwarmModelFails',
    expression:
      'sum by (model) (rate(swarm_model_requests_total{outcome!="ok"}[15m])) / sum by (model) (rate(swarm_model_requests_total[15m])) > 0.25',
    for: '15m',
    severity: 'warning',
    summary: '{{ $value | humanizePercentage }} of the requests to model {{ $labels.model }} fail.',
    meaning:
      'retryable: the endpoint is down, slow or limits the rate; it is asked again. terminal: key, name or address is wrong. invalid: the model’s answers are not usable.',
    steps: [
      '`kubectl get swarmconfigs -A` shows ModelReady; its message says what the endpoint answered.',
      'Name a fallback in `spec.fallbackModels`; the builtin planner needs no endpoint.',
      'Mostly invalid: the model is too small for tools, or its server does not pass them on.',
    ],
  },
  {
    name: 'SwarmTurnsFail',
    expression:
      'sum(rate(swarm_turns_total{outcome="Failed"}[30m])) / sum(rate(swarm_turns_total[30m])) > 0.5 and sum(increase(swarm_turns_total[30m])) > 10',
    for: '15m',
    severity: 'warning',
    summary: '{{ $value | humanizePercentage }} of the turns end without an answer.',
    meaning: 'People ask and get an error. Each Turn says why in the reason of its condition Succeeded.',
    steps: [
      '`kubectl get turns -A --field-selector status.phase=Failed -o custom-columns=NAMESPACE:.metadata.namespace,NAME:.metadata.name,REASON:\'.status.conditions[?(@.type=="Succeeded")].reason\'`; the most frequent reason has its section below.',
    ],
  },
  {
    name: 'SwarmToolFails',
    expression:
      'sum by (agent, tool) (rate(swarm_tool_calls_total{outcome="Failed"}[30m])) / sum by (agent, tool) (rate(swarm_tool_calls_total[30m])) > 0.5 and sum by (agent, tool) (increase(swarm_tool_calls_total[30m])) > 5',
    for: '15m',
    severity: 'warning',
    summary: 'Most calls of {{ $labels.agent }}.{{ $labels.tool }} fail.',
    meaning: 'A backend is down, a right is missing, or the tool is asked for what is not there.',
    steps: [
      '`kubectl get swarmconfigs -A -o wide` shows which backend does not answer.',
      'The journal of a Turn has the error of each call: `kubectl get turn NAME -o yaml`.',
    ],
  },
  {
    name: 'SwarmApprovalsWait',
    expression: 'min_over_time(swarm_approvals_pending[12h]) > 0',
    for: '1h',
    severity: 'info',
    summary: 'Calls have waited for an approval for more than 12 hours.',
    meaning: 'Nobody decides. A call lapses when its time is over, and is then not made.',
    steps: [
      '`kubectl get turns -A --field-selector status.phase=AwaitingApproval` lists them; each prints its Approval in `status.pendingApprovals`.',
    ],
  },
  {
    name: 'SwarmWatchesBreak',
    expression: `sum by (resource) (rate(swarm_watch_resumes_total{${ours},cause=~"failed|idle|malformed"}[15m])) > 0.05`,
    for: '15m',
    severity: 'warning',
    summary: 'The watch of {{ $labels.resource }} breaks again and again.',
    meaning: 'Changes are seen late. Nothing is missed: each watch resumes where it was, or lists anew.',
    steps: [
      'failed: the log has the API server’s answer. idle: something between cuts silent connections. malformed: something between changes them.',
    ],
  },
  {
    name: 'SwarmEventsDropped',
    expression: `increase(swarm_events_dropped_total{${ours}}[30m]) > 0`,
    for: '5m',
    severity: 'info',
    summary: 'Kubernetes Events could not be recorded.',
    meaning: '`kubectl describe` shows less than happened. Status is not concerned.',
    steps: ['The log has the reason: too many at once, or no right to create Events.'],
  },
];

export const alertAnchor = (name: string): string => `${runbook}#${name.toLowerCase()}`;

/** The spec of a PrometheusRule. */
export function alertRules(): string {
  const rules = alerts.map(({ name, expression, for: lasting, severity, summary, meaning }) => ({
    alert: name,
    expr: expression,
    for: lasting,
    labels: { severity },
    annotations: { summary, description: meaning, runbook_url: alertAnchor(name) },
  }));
  return stringify({ groups: [{ name: 'swarm', rules }] }, { lineWidth: 0 });
}

/** config/prometheus/alerts.yaml */
export function prometheusRule(): string {
  return [
    'apiVersion: monitoring.coreos.com/v1',
    'kind: PrometheusRule',
    'metadata:',
    '  name: swarm-operator',
    '  namespace: swarm-system',
    '  labels:',
    '    app.kubernetes.io/part-of: swarm',
    'spec:',
    alertRules().replaceAll(/^(?=.)/gm, '  '),
  ].join('\n');
}

/** docs/operations/alerts.md */
export function alertsReference(): string {
  return [
    '# Alerts',
    'Part of the chart with `prometheusRule.enabled=true`, and of `config/prometheus` for kustomize. Both need Prometheus Operator. Expressions on metrics that other operators have as well select `job="swarm-operator-metrics"`, which is what a ServiceMonitor makes of the Service; scraped in another way, give the job that name. Thresholds are a beginning: copy the rules and change them where they do not fit.',
    table(
      ['alert', 'severity', 'after', 'says'],
      alerts.map(({ name, severity, for: lasting, summary }) => [
        `[${name}](runbook.md#${name.toLowerCase()})`,
        severity,
        lasting,
        `\`${summary}\``,
      ]),
    ),
    '## Expressions',
    ...alerts.map(({ name, expression }) => `${name}:\n\n\`\`\`promql\n${expression}\n\`\`\``),
  ].join('\n\n');
}
