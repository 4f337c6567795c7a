import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { recordedFolder } from '../../kfp/replay/recorded-lines.ts';
import { startKfpUnderTest, type KfpUnderTest } from './kfp-under-test.ts';

const run = promisify(execFile);
const folder = fileURLToPath(new URL('../../kfp/python', import.meta.url));
const pipelines = `${recordedFolder}/pipelines`;
/** Room for a first installation over a slow network. */
const installationMs = 600_000;
/** A real server has images to pull. */
const sessionMs = process.env['SWARM_TEST_KFP_URL'] === undefined ? 240_000 : 1_800_000;

/** What users of the real client see, step by step: the same against the simulator and against a real server. */
const expected = {
  multi_user: false,
  same_experiment: true,
  experiment_by_name: 'by the client',
  pipeline_again: 409,
  pipeline_id_by_name: true,
  pipeline_id_of_nothing: null,
  spec_name: 'hello-world',
  finished: 'SUCCEEDED',
  tasks: ['greet', 'greet-driver', 'root'],
  unknown_parameter: 400,
  wrong_type: 400,
  failed: 'FAILED',
  after_retry: 'RUNNING',
  terminating: 'CANCELING',
  terminated: 'FAILED',
  terminate_again: 400,
  pages: [2, 1, null],
  all_names: ['failing run', 'hello run', 'stopped run'],
  succeeded: ['hello run'],
  unknown_run: 404,
  archived: 'ARCHIVED',
  deleted_run: 404,
  schedule: '0 0 3 * * *',
  disabled: 'DISABLED',
  deleted_schedule: 404,
  archived_experiment: 'ARCHIVED',
  pipeline_with_versions: 400,
  deleted_experiment: 404,
};

describe('the real kfp client', () => {
  let kfp: KfpUnderTest;
  let python = '';
  const word = randomBytes(4).toString('hex');

  beforeAll(async () => {
    python = (await run(`${folder}/ensure.sh`)).stdout.trim();
    kfp = await startKfpUnderTest({
      scripts: {
        'always-fails': { explode: { outcome: 'fail' } },
        'train-and-evaluate': { '*': { durationMs: 3000 } },
      },
    });
  }, installationMs);
  afterAll(() => kfp.close());

  test('finds the whole API as it expects it', { timeout: sessionMs }, async () => {
    const { stdout } = await run(python, [`${folder}/client_session.py`, kfp.url, pipelines, word]);
    const seen = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Record<string, unknown>;
    expect(seen).toEqual({
      ...expected,
      versions: [`hello-${word}`, `v2-${word}`],
      pipelines_found: [`hello-${word}`],
      schedules: [[`nightly-${word}`, 'ENABLED']],
    });
  });

  describe('on the command line', () => {
    const kfpCommand = async (...args: string[]) => {
      const execution = run(`${dirname(python)}/kfp`, ['--endpoint', kfp.url, '--output', 'json', ...args]);
      // Some commands ask whether one is sure.
      execution.child.stdin?.end('y\n');
      const { stdout } = await execution;
      const start = stdout.search(/^[[{]/mu);
      return (start < 0 ? undefined : JSON.parse(stdout.slice(start))) as Record<string, string> &
        Record<string, string>[];
    };
    const found: Record<'experiment' | 'pipeline' | 'version' | 'run' | 'schedule', string> = {
      experiment: '',
      pipeline: '',
      version: '',
      run: '',
      schedule: '',
    };

    test('creates experiments, pipelines and versions, and lists them', { timeout: sessionMs }, async () => {
      const experiment = await kfpCommand('experiment', 'create', `cli-${word}`, '-d', 'by the command line');
      found.experiment = experiment['experiment_id'] ?? '';
      const pipeline = await kfpCommand('pipeline', 'create', `${pipelines}/always_fails.yaml`, '-p', `cli-${word}`);
      found.pipeline = pipeline['pipeline_id'] ?? '';
      const file = `${pipelines}/always_fails.yaml`;
      const version = await kfpCommand('pipeline', 'create-version', file, '-v', `v2-${word}`, '-p', found.pipeline);
      found.version = version['pipeline_version_id'] ?? '';
      expect(JSON.stringify(await kfpCommand('pipeline', 'list', '-m', '3'))).toContain(found.pipeline);
      expect(JSON.stringify(await kfpCommand('pipeline', 'list-versions', found.pipeline))).toContain(found.version);
      expect(JSON.stringify(await kfpCommand('experiment', 'list', '-m', '3'))).toContain(found.experiment);
    });

    test('starts a run, and shows and ends it', { timeout: sessionMs }, async () => {
      const { experiment, pipeline, version } = found;
      const started = await kfpCommand(
        ...['run', 'create', '-e', `cli-${word}`, '-r', 'cli run', '-p', pipeline, '--version', version, 'rows=5'],
      );
      found.run = started['run_id'] ?? '';
      expect(started).toMatchObject({ display_name: 'cli run', experiment_id: experiment });
      expect(JSON.stringify(await kfpCommand('run', 'list', '-m', '3'))).toContain(found.run);
      expect(await kfpCommand('run', 'get', found.run)).toMatchObject({ run_id: found.run });
      expect(await kfpCommand('run', 'archive', found.run)).toMatchObject({ storage_state: 'ARCHIVED' });
      expect(await kfpCommand('run', 'unarchive', found.run)).toMatchObject({ storage_state: 'AVAILABLE' });
      await kfpCommand('run', 'delete', found.run);
      await expect(kfpCommand('run', 'get', found.run)).rejects.toThrow();
    });

    test('makes and ends a schedule', { timeout: sessionMs }, async () => {
      const { experiment, pipeline, version } = found;
      const created = await kfpCommand(
        ...[
          'recurring-run',
          'create',
          '--experiment-id',
          experiment,
          '--pipeline-id',
          pipeline,
          '--version-id',
          version,
        ],
        ...['--job-name', `cli-${word}`, '--cron-expression', '0 0 4 * * *', '--max-concurrency', '1'],
      );
      found.schedule = created['recurring_run_id'] ?? '';
      expect(await kfpCommand('recurring-run', 'enable', found.schedule)).toMatchObject({ status: 'ENABLED' });
      expect(await kfpCommand('recurring-run', 'disable', found.schedule)).toMatchObject({ status: 'DISABLED' });
      await kfpCommand('recurring-run', 'delete', found.schedule);
      await expect(kfpCommand('recurring-run', 'get', found.schedule)).rejects.toThrow();
    });
  });
});
