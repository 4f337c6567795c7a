import { randomBytes } from 'node:crypto';
import { createKubeTektonClient } from '../../../src/backends/tekton/kube-tekton-client.ts';
import { systemClock } from '../../../src/base/clock.ts';
import { createMetrics } from '../../../src/base/metrics.ts';
import { createKubeClient } from '../../../src/kube/client-node-adapter.ts';
import type { TektonWorld } from './tekton-contract.ts';
import { createTeamNamespace, type TeamNamespace } from '../../support/team-namespace.ts';
import { projectRoot, testCluster } from '../../support/test-cluster.ts';
import { waitFor } from '../../support/wait-for.ts';

interface PipelineRun {
  readonly status?: {
    readonly completionTime?: string;
    readonly conditions?: readonly { readonly reason: string }[];
  };
}
interface TaskRun {
  readonly status?: { readonly steps?: readonly { readonly running?: object }[] };
}

export interface RealTektonWorld extends TektonWorld {
  readonly team: TeamNamespace;
}

const runWithinMs = 90_000;

/** A namespace of the test cluster with the sample pipelines, the rights of a team, and an account without any. */
export async function createRealWorld(): Promise<RealTektonWorld> {
  const cluster = testCluster();
  const team = await createTeamNamespace(cluster.kubectl, 'tekton');
  const { kubectl } = team;
  await kubectl.run('apply', '-f', `${projectRoot}/hack/test-bed/samples`);
  await kubectl.run('create', 'serviceaccount', 'stranger');
  // Any object can own a run; here it stands in for a Conversation, so that these tests need no kinds of ours.
  const ownerName = `owner-${randomBytes(3).toString('hex')}`;
  await kubectl.run('create', 'configmap', ownerName);
  const owner = await kubectl.get<{ metadata: { uid: string } }>('configmap', ownerName);
  const kube = createKubeClient({
    kubeconfig: cluster.kubeconfig,
    clock: systemClock,
    metrics: createMetrics(),
    userAgent: 'swarm-test',
  });

  const steps = async (name: string) => {
    const taskRuns = await kubectl.list<TaskRun>('taskruns', '-l', `tekton.dev/pipelineRun=${name}`);
    return taskRuns.flatMap(({ status }) => status?.steps ?? []);
  };
  return {
    team,
    client: createKubeTektonClient(kube),
    namespace: team.name,
    serviceAccountName: 'swarm-runner',
    strangerName: 'stranger',
    owner: { apiVersion: 'v1', kind: 'ConfigMap', name: ownerName, uid: owner.metadata.uid },
    begun: async (name) => {
      const isGoing = async () => (await steps(name)).some(({ running }) => running !== undefined);
      await waitFor(`run ${name} has begun a step`, isGoing, { withinMs: runWithinMs });
    },
    ended: async (name) => {
      const hasEnded = async () => {
        const { status } = await kubectl.get<PipelineRun>('pipelinerun', name);
        return status?.completionTime !== undefined;
      };
      await waitFor(`run ${name} has ended`, hasEnded, { withinMs: runWithinMs });
    },
    removePods: async (name) => {
      await kubectl.run('delete', 'pods', '-l', `tekton.dev/pipelineRun=${name}`, '--grace-period=0', '--force');
    },
    remove: async () => {
      kube.close();
      await team.remove();
    },
  };
}
