import type { ToolContext } from '../agents/tool.ts';
import type { Log } from '../base/log.ts';
import { FakeClock } from './fake-clock.ts';

export const silentLog: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => silentLog,
};

/** The facts of a call, as the engine would give them; each test names only those it is about. */
export function toolContext(facts: Partial<ToolContext> = {}): ToolContext {
  const clock = facts.clock ?? new FakeClock();
  return {
    signal: new AbortController().signal,
    clock,
    log: silentLog,
    namespace: 'team-a',
    serviceAccountName: 'swarm-runner',
    availableAgents: ['supervisor', 'kfp', 'tekton', 'minio', 'docs'],
    owner: {
      apiVersion: 'swarm.mlops.dev/v1alpha1',
      kind: 'Conversation',
      name: 'churn',
      uid: 'uid-conversation-churn',
    },
    turn: 'churn-1',
    effectKey: 'aaaaaaaaaaaaaaaaaaaaaaaaaa',
    argumentsDigest: `sha256:${'0'.repeat(64)}`,
    citationsFrom: 1,
    decidedAt: clock.now(),
    isOwnDecision: true,
    ...facts,
  };
}
