import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { replay, type ReplayOptions, type Switch } from '../../kfp/replay/replay.ts';
import { readRecorded, recordedFolder, type RecordedLine } from '../../kfp/replay/recorded-lines.ts';
import { type KfpSimulator } from '../../kfp/simulator/start-kfp-simulator.ts';

const singleUserFiles = [
  '01-health-and-routes',
  '02-pipelines',
  '03-experiments',
  '04-run-creation',
  '05-run-id-and-duplicates',
  '06-lists-filters-paging',
  '07-run-lifecycle',
  '08-recurring-runs',
  '09-sdk-client',
  '10-cli',
  '12-workflow-report',
  '15-argo-workflow-objects',
];

/** The recording began with the API server alone; the processes around it were started one after the other. */
const switches: readonly Switch[] = [
  { at: '2026-11-23T10:52:23Z', settings: { agent: true } },
  { at: '2026-11-23T10:53:04Z', settings: { scheduler: true } },
  { at: '2026-11-23T10:54:10Z', settings: { scheduler: false } },
  { at: '2026-11-23T10:56:50Z', settings: { argo: true } },
  // The second Workflow of one run had to wait for a while.
  { at: '2026-11-23T11:10:23.620Z', settings: { argoIsBusy: true } },
  { at: '2026-11-23T11:10:33.500Z', settings: { argoIsBusy: false } },
  { at: '2026-11-23T11:15:44.820Z', settings: { mlflowPlugin: false } },
];

const failing = {
  outcome: 'fail',
  log: 'Traceback (most recent call last):\n  File "ephemeral_component.py", line 8, in explode\nValueError: column "label" is missing in 10 rows\n',
} as const;

/** Lines that may differ, each with its reason. */
const exceptions: Readonly<Record<string, string>> = {};

async function expectAgreement(name: string, options: ReplayOptions): Promise<void> {
  const { compared, disagreements } = await replay(options);
  console.log(`${name}: ${compared - disagreements.length} of ${compared} recorded lines agree`);
  expect(disagreements.filter(({ line }) => exceptions[line] === undefined)).toEqual([]);
}

describe('the simulator against a recorded KFP 2.17', () => {
  test('gives the recorded answers of a single-user server', { timeout: 300_000 }, async () => {
    await expectAgreement('single-user', {
      lines: readRecorded(singleUserFiles),
      switches,
      simulator: {
        settings: {
          agent: false,
          argo: false,
          scheduler: false,
          stepMs: 10_000,
          reportMs: 400,
          scheduleMs: 10_000,
          // The recorded executor let the failing step succeed when it was retried.
          scripts: { 'always-fails': { explode: [failing, {}] }, '*': { '*': { durationMs: 1000 } } },
        },
      },
      prepare: createManyExperiments,
    });
  });

  test('gives the recorded answers of a server whose pipelines are Kubernetes objects', async () => {
    await expectAgreement('Kubernetes-native', {
      lines: readRecorded(['13-kubernetes-native-mode']),
      switches: [],
      simulator: { isKubernetesNative: true, settings: { agent: false, argo: false, scheduler: false } },
      prepare: applyByHand,
    });
  });
});

/** A pipeline and its version that were applied to the cluster, without the webhook that would have labelled the version. */
async function applyByHand(line: RecordedLine, { world }: KfpSimulator): Promise<void> {
  if (line.case !== 'a Pipeline and a PipelineVersion applied without the webhook') return Promise.resolve();
  const createdAt = Math.floor(new Date(line.at).getTime() / 1000);
  const template = readFileSync(`${recordedFolder}/pipelines/hello_world.yaml`, 'utf8');
  const common = { description: '', createdAt, tags: {} };
  const pipeline = {
    ...common,
    id: '06989838-b1b7-4a96-a09a-c411d8649639',
    name: 'by-hand',
    displayName: 'By hand',
    namespace: 'kubeflow',
  };
  const id = '2ac25b34-fb6c-4288-aa42-c5f8f23b18b3';
  const version = { ...common, id, name: 'by-hand-v1', displayName: 'by-hand-v1', codeSourceUrl: '', template };
  world.database.pipelines.put(pipeline);
  world.database.versions.put({ ...version, pipelineId: pipeline.id, isUnlabelled: true });
  return Promise.resolve();
}

/** The 205 experiments of the page-size lines were made by calls that are not recorded. */
async function createManyExperiments(line: RecordedLine, simulator: KfpSimulator): Promise<void> {
  if (line.case !== 'page_size=200 over 205 matching experiments') return;
  for (let index = 0; index < 205; index += 1) {
    const body = JSON.stringify({ display_name: `many-${index}` });
    await fetch(`${simulator.url}/apis/v2beta1/experiments`, { method: 'POST', body });
  }
}
