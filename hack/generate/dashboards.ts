interface Panel {
  readonly title: string;
  readonly about: string;
  readonly unit: 'short' | 's' | 'reqps' | 'percentunit' | 'bytes';
  readonly kind?: 'timeseries' | 'stat';
  /** Expressions with what the legend shows. */
  readonly queries: Readonly<Record<string, string>>;
}

interface Cut {
  readonly by?: readonly string[];
  readonly labels?: string;
}

interface Dashboard {
  readonly uid: string;
  readonly title: string;
  readonly panels: readonly Panel[];
}

const ours = 'job="swarm-operator-metrics"';
/** Of a histogram, by what is left of its labels. */
function quantile(of: number, metric: string, { by = [], labels = '' }: Cut = {}): string {
  const selected = labels === '' ? '' : `{${labels}}`;
  return `histogram_quantile(${of}, sum by (${['le', ...by].join(', ')}) (rate(${metric}_bucket${selected}[$__rate_interval])))`;
}

/** What people ask and what becomes of it. */
const usage: Dashboard = {
  uid: 'swarm-usage',
  title: 'Swarm / Turns',
  panels: [
    {
      title: 'Turns in 24 hours',
      about: 'Ended turns by outcome.',
      unit: 'short',
      kind: 'stat',
      queries: { '{{outcome}}': 'sum by (outcome) (increase(swarm_turns_total[24h]))' },
    },
    {
      title: 'Waiting for approval',
      about: 'Calls that wait for a person.',
      unit: 'short',
      kind: 'stat',
      queries: { calls: 'max(swarm_approvals_pending)' },
    },
    {
      title: 'Turns per second',
      about: 'Ended turns by outcome.',
      unit: 'reqps',
      queries: { '{{outcome}}': 'sum by (outcome) (rate(swarm_turns_total[$__rate_interval]))' },
    },
    {
      title: 'Time to an answer',
      about: 'From the creation of a turn to its end, waiting for runs and people included.',
      unit: 's',
      queries: {
        median: quantile(0.5, 'swarm_turn_duration_seconds'),
        '95 %': quantile(0.95, 'swarm_turn_duration_seconds'),
      },
    },
    {
      title: 'Requests to models',
      about: 'retryable: asked again. terminal: a setting is wrong. invalid: an answer that could not be used.',
      unit: 'reqps',
      queries: {
        '{{model}} {{outcome}}': 'sum by (model, outcome) (rate(swarm_model_requests_total[$__rate_interval]))',
      },
    },
    {
      title: 'Tokens',
      about: 'As billed by the models, per second.',
      unit: 'short',
      queries: { '{{direction}}': 'sum by (direction) (rate(swarm_model_tokens_total[$__rate_interval]))' },
    },
    {
      title: 'Tool calls',
      about: 'Calls that have ended.',
      unit: 'reqps',
      queries: { '{{agent}}.{{tool}}': 'sum by (agent, tool) (rate(swarm_tool_calls_total[$__rate_interval]))' },
    },
    {
      title: 'Tool calls that did not succeed',
      about: 'Failed, denied, lapsed or ambiguous.',
      unit: 'reqps',
      queries: {
        '{{agent}}.{{tool}} {{outcome}}':
          'sum by (agent, tool, outcome) (rate(swarm_tool_calls_total{outcome!="Succeeded"}[$__rate_interval]))',
      },
    },
    {
      title: 'Live readers',
      about: 'Clients that read the events of a turn, and those that were cut off because they were too slow.',
      unit: 'short',
      queries: {
        readers: 'sum(swarm_stream_clients)',
        'cut off per second': 'sum(rate(swarm_stream_clients_cut_total[$__rate_interval]))',
      },
    },
    {
      title: 'Live events',
      about: 'Sent to readers, by type.',
      unit: 'reqps',
      queries: { '{{type}}': 'sum by (type) (rate(swarm_stream_events_total[$__rate_interval]))' },
    },
  ],
};

/** How the operator itself is. */
const operator: Dashboard = {
  uid: 'swarm-operator',
  title: 'Swarm / Operator',
  panels: [
    {
      title: 'Leading',
      about: 'Replicas that hold the Lease: one.',
      unit: 'short',
      kind: 'stat',
      queries: { replicas: `sum(leader_election_master_status{${ours}})` },
    },
    {
      title: 'In the queues',
      about: 'Objects that wait to be looked at.',
      unit: 'short',
      kind: 'stat',
      queries: { '{{name}}': `sum by (name) (workqueue_depth{${ours}})` },
    },
    {
      title: 'Reconciles',
      about: 'By result.',
      unit: 'reqps',
      queries: {
        '{{controller}} {{result}}': `sum by (controller, result) (rate(controller_runtime_reconcile_total{${ours}}[$__rate_interval]))`,
      },
    },
    {
      title: 'Errors',
      about: 'Mistakes, and what was given up.',
      unit: 'reqps',
      queries: {
        '{{controller}}': `sum by (controller) (rate(controller_runtime_reconcile_errors_total{${ours}}[$__rate_interval]))`,
        '{{controller}} given up': `sum by (controller) (rate(controller_runtime_terminal_reconcile_errors_total{${ours}}[$__rate_interval]))`,
      },
    },
    {
      title: 'Time of a reconcile, 95 %',
      about: 'A request to a model is part of it.',
      unit: 's',
      queries: {
        '{{controller}}': quantile(0.95, 'controller_runtime_reconcile_time_seconds', {
          by: ['controller'],
          labels: ours,
        }),
      },
    },
    {
      title: 'Workers',
      about: 'In use, of those there are.',
      unit: 'percentunit',
      queries: {
        '{{controller}}': `sum by (controller) (controller_runtime_active_workers{${ours}}) / sum by (controller) (controller_runtime_max_concurrent_reconciles{${ours}})`,
      },
    },
    {
      title: 'Time in a queue, 95 %',
      about: 'From the change to the begin of the work on it.',
      unit: 's',
      queries: { '{{name}}': quantile(0.95, 'workqueue_queue_duration_seconds', { by: ['name'], labels: ours }) },
    },
    {
      title: 'Time of the work, 95 %',
      about: 'On one item of a queue.',
      unit: 's',
      queries: { '{{name}}': quantile(0.95, 'workqueue_work_duration_seconds', { by: ['name'], labels: ours }) },
    },
    {
      title: 'Added to and repeated in the queues',
      about: 'Repetitions are attempts after a failure.',
      unit: 'reqps',
      queries: {
        '{{name}}': `sum by (name) (rate(workqueue_adds_total{${ours}}[$__rate_interval]))`,
        '{{name}} again': `sum by (name) (rate(workqueue_retries_total{${ours}}[$__rate_interval]))`,
      },
    },
    {
      title: 'Requests to the API server',
      about: 'Code 0: no answer came.',
      unit: 'reqps',
      queries: {
        '{{method}} {{code}}': `sum by (method, code) (rate(rest_client_requests_total{${ours}}[$__rate_interval]))`,
      },
    },
    {
      title: 'Writes to the API server',
      about: 'By resource and verb.',
      unit: 'reqps',
      queries: { '{{verb}} {{resource}}': 'sum by (verb, resource) (rate(swarm_api_writes_total[$__rate_interval]))' },
    },
    {
      title: 'Watches',
      about: 'Lists and resumes; ended is the ordinary end of a session.',
      unit: 'reqps',
      queries: {
        'list {{resource}}': 'sum by (resource) (rate(swarm_watch_lists_total[$__rate_interval]))',
        '{{cause}}': 'sum by (cause) (rate(swarm_watch_resumes_total[$__rate_interval]))',
      },
    },
    {
      title: 'Events not recorded',
      about: 'Too many at once, or refused.',
      unit: 'reqps',
      queries: { events: 'sum(rate(swarm_events_dropped_total[$__rate_interval]))' },
    },
    {
      title: 'Memory',
      about: 'Of the operator’s process; data sets and PDF files are read in others.',
      unit: 'bytes',
      queries: {
        '{{pod}} resident': `process_resident_memory_bytes{${ours}}`,
        '{{pod}} heap': `nodejs_heap_size_used_bytes{${ours}}`,
      },
    },
    {
      title: 'CPU and event loop',
      about: 'Cores in use; delay of the event loop, 99 %, in seconds.',
      unit: 'short',
      queries: {
        '{{pod}} cores': `rate(process_cpu_seconds_total{${ours}}[$__rate_interval])`,
        '{{pod}} delay': `nodejs_eventloop_lag_p99_seconds{${ours}}`,
      },
    },
  ],
};

/** Name of the file and its text, for Grafana 10 and newer. */
export function dashboards(): ReadonlyMap<string, string> {
  return new Map([usage, operator].map((dashboard) => [`${dashboard.uid}.json`, JSON.stringify(modelOf(dashboard))]));
}

const columns = 2;
const size = { w: 24 / columns, h: 8 };

function modelOf({ uid, title, panels }: Dashboard) {
  return {
    uid,
    title,
    tags: ['swarm'],
    timezone: 'browser',
    schemaVersion: 39,
    version: 1,
    editable: true,
    refresh: '30s',
    time: { from: 'now-6h', to: 'now' },
    templating: {
      list: [{ name: 'datasource', label: 'Data source', type: 'datasource', query: 'prometheus', current: {} }],
    },
    panels: panels.map(panelOf),
  };
}

function panelOf({ title, about, unit, kind = 'timeseries', queries }: Panel, index: number) {
  const datasource = { type: 'prometheus', uid: '${datasource}' };
  return {
    id: index + 1,
    title,
    description: about,
    type: kind,
    datasource,
    gridPos: { ...size, x: (index % columns) * size.w, y: Math.floor(index / columns) * size.h },
    fieldConfig: { defaults: { unit, min: 0 }, overrides: [] },
    targets: Object.entries(queries).map(([legendFormat, expr], position) => ({
      refId: String.fromCharCode(65 + position),
      datasource,
      expr,
      legendFormat,
    })),
  };
}
