import type { Agent } from '../agents/agent.ts';
import { docsAgent } from '../agents/docs/docs-agent.ts';
import { kfpAgent } from '../agents/kfp/kfp-agent.ts';
import { minioAgent } from '../agents/minio/minio-agent.ts';
import { createSupervisorAgent } from '../agents/supervisor/supervisor-agent.ts';
import { createTektonAgent } from '../agents/tekton/tekton-agent.ts';
import { createTektonRunObserver } from '../agents/tekton/tekton-run-observer.ts';
import type { TektonClient } from '../backends/tekton/tekton-client.ts';
import { type AgentRegistry, createAgentRegistry } from '../turns/agent-registry.ts';

/** Every agent there is. Those whose tools cannot be executed yet are known by name and never offered. */
export function createAgents(
  tekton: TektonClient,
  change: (own: readonly Agent[]) => readonly Agent[] = (own) => own,
): AgentRegistry {
  const executing: readonly Agent[] = [createTektonAgent({ tekton })];
  const supervisor = createSupervisorAgent({ agents: executing, runObservers: [createTektonRunObserver(tekton)] });
  return createAgentRegistry(change([supervisor, ...executing, kfpAgent, minioAgent, docsAgent]));
}
