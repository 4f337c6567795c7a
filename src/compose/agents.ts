import type { Agent } from '../agents/agent.ts';
import { createDocsAgent } from '../agents/docs/docs-agent.ts';
import { createKfpAgent } from '../agents/kfp/kfp-agent.ts';
import { createKfpRunObserver } from '../agents/kfp/kfp-run-observer.ts';
import { createMinioAgent } from '../agents/minio/minio-agent.ts';
import { createSupervisorAgent } from '../agents/supervisor/supervisor-agent.ts';
import { createTektonAgent } from '../agents/tekton/tekton-agent.ts';
import { createTektonRunObserver } from '../agents/tekton/tekton-run-observer.ts';
import type { DatasetEngine } from '../backends/duckdb/dataset-engine.ts';
import type { KfpSource } from '../backends/kfp/kfp-client.ts';
import type { PdfReader } from '../backends/pdf/pdf-reader.ts';
import type { ObjectStoreSource } from '../backends/s3/object-store.ts';
import type { TektonClient } from '../backends/tekton/tekton-client.ts';
import type { KnowledgeSource } from '../retrieval/knowledge-source.ts';

/** What the agents work with; which of it a namespace has is the business of its settings. */
export interface AgentBackends {
  readonly tekton: TektonClient;
  readonly kfp: KfpSource;
  readonly store: ObjectStoreSource;
  readonly engine: DatasetEngine;
  readonly pdf: PdfReader;
  readonly knowledge: KnowledgeSource;
}

/** Every agent there is. Nothing is asked of the backends before a tool is called. */
export function createAgents({ tekton, kfp, store, engine, pdf, knowledge }: AgentBackends): readonly Agent[] {
  const agents = [
    createKfpAgent({ kfp, files: store }),
    createTektonAgent({ tekton }),
    createMinioAgent({ store, engine, pdf }),
    createDocsAgent({ knowledge }),
  ];
  const runObservers = [createTektonRunObserver(tekton), createKfpRunObserver(kfp)];
  return [createSupervisorAgent({ agents, runObservers }), ...agents];
}

/** The agents as they are declared, for planners, references and tests of them: none of their tools can be called. */
export function declaredAgents(): readonly Agent[] {
  const nowhere = new Proxy({}, { get: (_, method) => () => notHere(String(method)) }) as never;
  return createAgents({
    tekton: nowhere,
    kfp: nowhere,
    store: nowhere,
    engine: nowhere,
    pdf: nowhere,
    knowledge: nowhere,
  });
}

function notHere(method: string): Promise<never> {
  return Promise.reject(new Error(`${method} was called on an agent that is only declared`));
}
