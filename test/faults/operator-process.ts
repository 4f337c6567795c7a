/** The real operator with the fault suite's model and, where there is a World, its agent, under the orders of its environment. */
import { randomBytes } from 'node:crypto';
import { sha256Base32 } from '../../src/base/digest.ts';
import { startSwarm } from '../../src/compose/start-swarm.ts';
import { readConfig } from '../../src/config.ts';
import { type TurnMutations } from '../../src/turns/boundaries.ts';
import { hooksOf } from './ambush.ts';
import { createFickleModel } from './fickle-model.ts';
import { createHurriedClock } from './hurried-clock.ts';
import { orders, ordersVariable, type MutationName } from './orders.ts';
import { createWorldAgent } from './world-agent.ts';

const { kubeconfig, namespace, worldUrl, hurry, ambush, mutation } = orders.parse(
  JSON.parse(process.env[ordersVariable] ?? '{}'),
);

const mutations: Record<MutationName, TurnMutations> = {
  withoutCompareAndSwap: { withoutCompareAndSwap: true },
  effectBeforeJournal: { effectBeforeJournal: true },
  randomEffectKey: { randomEffectKey: () => sha256Base32(randomBytes(16).toString('hex'), 26) },
};

const config = readConfig(
  [
    `--kubeconfig=${kubeconfig}`,
    `--namespace=${namespace}`,
    '--health-address=127.0.0.1:0',
    '--metrics-address=127.0.0.1:0',
    '--stream-address=127.0.0.1:0',
    '--log-level=warn',
    '--allowed-hosts=127.0.0.1',
  ],
  {},
);
const world = worldUrl === undefined ? undefined : createWorldAgent(worldUrl);
const swarm = await startSwarm(config, {
  // A bucket has the name of its team's namespace.
  model: createFickleModel(namespace),
  ...(world && { agents: (builtIn) => [...builtIn.filter(({ name }) => name !== world.name), world] }),
  ...(hurry !== undefined && { clock: createHurriedClock(hurry) }),
  ...(ambush === undefined ? {} : { hooks: hooksOf(ambush) }),
  ...(mutation === undefined ? {} : { mutations: mutations[mutation] }),
});
await swarm.ready;
console.log('ready');
process.once('SIGTERM', () => {
  void swarm.stop().then(() => process.exit(0));
});
