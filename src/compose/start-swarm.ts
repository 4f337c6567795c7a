import { randomUUID } from 'node:crypto';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Agent } from '../agents/agent.ts';
import { group, kinds } from '../api/group.ts';
import { type RandomSource, systemRandom } from '../base/backoff.ts';
import { type Clock, systemClock } from '../base/clock.ts';
import { messageOf, TerminalError } from '../base/errors.ts';
import { createLog, type Log } from '../base/log.ts';
import { createMetrics, measureProcess, type Metrics } from '../base/metrics.ts';
import type { Config } from '../config.ts';
import { type ClosableKubeClient, createKubeClient } from '../kube/client-node-adapter.ts';
import { isNotFound } from '../kube/errors.ts';
import { createEventRecorder } from '../kube/events.ts';
import type { KubeClient } from '../kube/kube-client.ts';
import { createBuiltinModel } from '../models/builtin/builtin-model.ts';
import type { LanguageModel } from '../models/language-model.ts';
import { type RunningServer, startHealthServer, startMetricsServer } from '../operator/health-server.ts';
import { SwarmOperator } from '../operator/swarm-operator.ts';
import type { TurnHooks, TurnMutations } from '../turns/boundaries.ts';
import { addControllers } from './controllers.ts';
import { createOwnModel } from './own-model.ts';
import { type RunningStreaming, startStreaming } from './streaming.ts';

/** What tests put in the place of the real thing, or add to it. */
export interface SwarmOverrides {
  readonly clock?: Clock;
  readonly random?: RandomSource;
  readonly log?: Log;
  /** Answers in every namespace without a SwarmConfig. */
  readonly model?: LanguageModel;
  readonly agents?: (own: readonly Agent[]) => readonly Agent[];
  readonly hooks?: TurnHooks;
  readonly mutations?: TurnMutations;
}

export interface RunningSwarm {
  /** Resolves when the caches are filled, the lease is held and the controllers work. */
  readonly ready: Promise<void>;
  /** Resolves when the lease was lost: the effects have stopped, and the process must end. */
  readonly lost: Promise<void>;
  /** Lets work in progress end within its grace. */
  stop(): Promise<void>;
}

/** @throws TerminalError when the cluster cannot be served as it is, with what to do. */
export async function startSwarm(config: Config, overrides: SwarmOverrides = {}): Promise<RunningSwarm> {
  const { clock = systemClock, random = systemRandom, log = createLog({ level: config.logLevel }) } = overrides;
  const metrics = createMetrics();
  measureProcess(metrics);
  const { kubeconfig, context } = config;
  const kube = createKubeClient({ kubeconfig, context, clock, metrics, userAgent: 'swarm-operator' });
  await requireKinds(kube, { namespace: config.namespace, log });

  const lost = Promise.withResolvers<undefined>();
  const base = { config, kube, clock, random, log, metrics };
  const operator = createOperator(base, () => {
    lost.resolve(undefined);
  });
  const streaming = await listening('stream-address', () => startStreaming({ ...base, operator }));
  const stopEvents = addAll({ ...base, live: streaming.live }, operator, overrides);
  const servers = [...(await startServers(config, operator, metrics)), streaming];
  log.info({ namespace: config.namespace ?? 'all', leaderElection: config.leaderElect }, 'Starting');
  await operator.start();
  return {
    ready: operator.running,
    lost: lost.promise,
    stop: async () => {
      await operator.stop();
      await stopEvents();
      await Promise.all(servers.map((server) => server.close()));
      kube.close();
    },
  };
}

interface Base {
  readonly config: Config;
  readonly kube: ClosableKubeClient;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly log: Log;
  readonly metrics: Metrics;
}

/** Names of the API server inside a cluster. */
const apiServerNames = ['', '.svc', '.svc.cluster.local'].map((suffix) => `kubernetes.default${suffix}`);

/** Unique for each start of each process. */
const identity = `${hostname()}-${randomUUID().slice(0, 8)}`;

function createOperator({ config, kube, ...parts }: Base, onLeadershipLost: () => void): SwarmOperator {
  const { leaseNamespace: namespace, leaseName: name, leaseDuration: durationMs } = config;
  return new SwarmOperator({
    ...parts,
    client: kube,
    namespace: config.namespace,
    leaderElection: config.leaderElect ? { namespace, name, identity, durationMs } : undefined,
    graceMs: config.gracePeriod,
    onLeadershipLost,
  });
}

/** @returns what sends the Events that still wait. */
function addAll(
  base: Base & Pick<RunningStreaming, 'live'>,
  operator: SwarmOperator,
  overrides: SwarmOverrides,
): () => Promise<void> {
  const { config, kube, clock, random, log, metrics, live } = base;
  const controller = `${group}/operator`;
  const events = createEventRecorder({ client: kube, clock, log, metrics, controller, instance: identity });
  let leadingSince = clock.now();
  void operator.running.then(() => {
    leadingSince = clock.now();
  });
  const builtin = createBuiltinModel();
  addControllers({
    operator,
    kube,
    clock,
    random,
    metrics,
    log,
    events,
    dataDirectory: config.dataDirectory ?? join(tmpdir(), 'swarm'),
    builtin,
    ownModel: overrides.model ?? createOwnModel(config, builtin, clock),
    guard: { allowedHosts: config.allowedHosts, deniedHosts: [kube.serverHost, ...apiServerNames] },
    maxConcurrentTurns: config.maxConcurrentTurns,
    live,
    leadingSince: () => leadingSince,
    agents: overrides.agents,
    hooks: overrides.hooks,
    mutations: overrides.mutations,
  });
  return () => events.flush();
}

async function startServers(
  config: Config,
  operator: SwarmOperator,
  metrics: Metrics,
): Promise<readonly RunningServer[]> {
  return [
    await listening('health-address', () => startHealthServer(config.healthAddress, () => operator.isReady())),
    await listening('metrics-address', () => startMetricsServer(config.metricsAddress, metrics)),
  ];
}

async function listening<Running>(flag: string, start: () => Promise<Running>): Promise<Running> {
  try {
    return await start();
  } catch (error) {
    if (error instanceof TerminalError) throw error;
    const message = `cannot listen where --${flag} says: ${messageOf(error)}`;
    throw new TerminalError('AddressInUse', message, { cause: error });
  }
}

/** An API server that does not answer may be back soon; one that lacks our kinds needs a person. */
async function requireKinds(
  kube: KubeClient,
  { namespace, log }: { readonly namespace: string | undefined; readonly log: Log },
): Promise<void> {
  const query = { limit: 1, ...(namespace !== undefined && { namespace }) };
  const { conversation, turn, intent, approval, swarmConfig, knowledgeBase } = kinds;
  for (const type of [conversation, turn, intent, approval, swarmConfig, knowledgeBase]) {
    try {
      await kube.list(type, query);
    } catch (error) {
      if (isNotFound(error)) {
        const message = `the API server does not know ${type.plural}.${type.group}; install the kinds of Swarm first: kubectl apply -k config/crd`;
        throw new TerminalError('KindsMissing', message, { cause: error });
      }
      log.warn({ kind: type.kind, error: messageOf(error) }, 'Starting although a kind could not be listed');
    }
  }
}
