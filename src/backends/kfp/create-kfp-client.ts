import { createKfpApi } from './kfp-api.ts';
import type { KfpClient } from './kfp-client.ts';
import { createKfpEvidence } from './kfp-evidence.ts';
import { createKfpReader } from './kfp-reader.ts';
import type { KfpSettings } from './kfp-settings.ts';
import { createKfpTransport } from './kfp-transport.ts';
import { createKfpWriter } from './kfp-writer.ts';
import { createNameLookup } from './name-lookup.ts';
import { createRunWitness } from './run-witness.ts';
import { createWorkflowReader, noWorkflows } from './workflow-reader.ts';

/** A client for one endpoint, namespace and identity. Nothing is asked of the server before the first call. */
export function createKfpClient(settings: KfpSettings): KfpClient {
  const { namespace, cluster, memory, clock } = settings;
  const transport = createKfpTransport(settings);
  const api = createKfpApi(transport, settings);
  const workflows = cluster ? createWorkflowReader(cluster, namespace) : noWorkflows;
  const reader = createKfpReader({
    api,
    namespace,
    names: createNameLookup(api),
    witness: createRunWitness(workflows),
  });
  return {
    ...reader,
    ...createKfpEvidence({ api, transport, reader, workflows, settings }),
    ...createKfpWriter({ api, workflows, reader, memory, clock }),
  };
}
