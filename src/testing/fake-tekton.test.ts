import { FakeTekton } from './fake-tekton.ts';
import { describeTektonContract, type TektonWorld } from '../../test/integration/tekton/tekton-contract.ts';
import { aTektonParameter } from './tekton-builders.ts';
import type { TektonStep } from '../backends/tekton/tekton-objects.ts';
import { systemClock } from '../base/clock.ts';

const namespace = 'team-a';

/** Plays the sample pipelines as the real controller, kubelet and images do. */
function createFakeWorld(): TektonWorld {
  const tekton = new FakeTekton({ clock: systemClock });
  const pipeline = (name: string, [parameter = '', value = '']: readonly string[], task: string) => {
    const parameters = [aTektonParameter({ name: parameter, default: value })];
    tekton.addPipeline(namespace, {
      name,
      parameters,
      tasks: [{ name: task, after: [], isFinally: false, images: [] }],
    });
  };
  pipeline('hello', ['name', 'world'], 'greet');
  pipeline('failing', ['dataset', 'churn.csv'], 'check');
  pipeline('sleepy', ['seconds', '30'], 'sleep');
  tekton.deny('stranger');

  const play = ({ name, task }: { name: string; task: string }, step: TektonStep, log: string) => {
    const pod = `${name}-${task}-pod`;
    tekton.setTaskRuns(namespace, name, [
      {
        name: `${name}-${task}`,
        task,
        podName: pod,
        steps: [step],
        state: step.exitCode === 0 ? 'Succeeded' : 'Failed',
        reason: step.exitCode === 0 ? 'Succeeded' : 'StepFailed',
        message: `"${step.container}" exited with code ${step.exitCode ?? 0}: ${step.reason ?? ''}`,
      },
    ]);
    tekton.addPod(namespace, { name: pod });
    tekton.setLog(namespace, { pod, container: step.container }, log);
  };
  const times = () => ({ startedAt: systemClock.now().toISOString(), finishedAt: systemClock.now().toISOString() });

  const endings: Record<string, (name: string) => void> = {
    hello: (name) => {
      const who = tekton.created.find((run) => `swarm-${run.effectKey}` === name)?.parameters[0]?.value ?? 'world';
      const greeting = `Hello, ${typeof who === 'string' ? who : ''}!`;
      const step = { name: 'greet', container: 'step-greet', state: 'Succeeded', exitCode: 0 } as const;
      play({ name, task: 'greet' }, step, `${greeting}\n`);
      const results = [{ name: 'greeting', value: greeting }];
      tekton.updateRun(namespace, name, { state: 'Succeeded', reason: 'Succeeded', results, ...times() });
    },
    failing: (name) => {
      const step = {
        name: 'read-data',
        container: 'step-read-data',
        state: 'Failed',
        exitCode: 3,
        reason: 'Error',
      } as const;
      play(
        { name, task: 'check' },
        step,
        'DataError: column "churn_label" is not in churn.csv\n    at readDataset (app/dataset.mjs:22:11)\n',
      );
      tekton.updateRun(namespace, name, { state: 'Failed', reason: 'Failed', ...times() });
    },
    sleepy: (name) => {
      tekton.updateRun(namespace, name, { state: 'Cancelled', reason: 'Cancelled', ...times() });
    },
  };

  return {
    client: tekton,
    namespace,
    serviceAccountName: 'swarm-runner',
    strangerName: 'stranger',
    owner: { apiVersion: 'swarm.mlops.dev/v1alpha1', kind: 'Conversation', name: 'contract', uid: 'uid-contract' },
    begun: (name) => {
      tekton.updateRun(namespace, name, { state: 'Running', reason: 'Running' });
      return Promise.resolve();
    },
    ended: async (name) => {
      const scope = { namespace, serviceAccountName: 'swarm-runner', signal: new AbortController().signal };
      const run = await tekton.getRun(name, scope);
      endings[run?.pipeline ?? '']?.(name);
    },
    removePods: (name) => {
      tekton.removePod(namespace, `${name}-greet-pod`);
      return Promise.resolve();
    },
    remove: () => Promise.resolve(),
  };
}

describeTektonContract('a Tekton in memory', () => Promise.resolve(createFakeWorld()));
