import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { pipelineFileOf } from '../../testing/kfp-builders.ts';
import { parsePipelineFile } from './parse-pipeline-file.ts';
import { parsePipelineSpec } from './parse-pipeline-spec.ts';
import { recordedSpecifications as recorded } from './recorded/recorded-kfp.ts';

describe('the specification of a version', () => {
  test('declares parameters with types, defaults and whether they may be left out', () => {
    const { parameters = [] } = parsePipelineSpec(recorded.typed_parameters) ?? {};
    const byName = Object.fromEntries(parameters.map((parameter) => [parameter.name, parameter]));
    expect(byName).toMatchObject({
      req_int: { type: 'NUMBER_INTEGER', isOptional: false },
      req_struct: { type: 'STRUCT', isOptional: false },
      opt_string: { type: 'STRING', isOptional: true },
      def_int: { type: 'NUMBER_INTEGER', isOptional: true, default: 3 },
      def_bool: { type: 'BOOLEAN', isOptional: true, default: false },
      def_list: { type: 'LIST', default: [1, 2, 3] },
      def_struct: { type: 'STRUCT', default: { team: 'ml' } },
    });
    expect(byName['opt_int']).not.toHaveProperty('default');
  });

  test('names tasks, what they wait for, images and resources, in the order of work', () => {
    const { tasks, name, description } = parsePipelineSpec(recorded.train_and_evaluate) ?? {};
    expect({ name, description }).toEqual({ name: 'train-and-evaluate', description: 'Trains, then evaluates.' });
    expect(tasks).toMatchObject([
      {
        name: 'train',
        kind: 'container',
        after: [],
        resources: { cpuLimit: '1', memoryLimit: '512Mi' },
        isCacheEnabled: false,
      },
      {
        name: 'evaluate',
        displayName: 'Evaluate the model',
        after: ['train'],
        image: 'python:3.11-slim',
        isCacheEnabled: true,
      },
    ]);
  });

  test('opens groups, branches and loops', () => {
    const { tasks = [] } = parsePipelineSpec(recorded.branches_and_loops) ?? {};
    expect(tasks.map(({ name, parent, kind }) => [name, parent, kind])).toEqual([
      ['exit-handler-1', undefined, 'group'],
      ['flip', 'exit-handler-1', 'container'],
      ['condition-branches-2', 'exit-handler-1', 'group'],
      ['condition-4', 'condition-branches-2', 'condition'],
      ['for-loop-3', 'condition-4', 'loop'],
      ['fit', 'for-loop-3', 'container'],
      ['condition-5', 'condition-branches-2', 'condition'],
      ['fit-2', 'condition-5', 'container'],
      ['notify', undefined, 'container'],
    ]);
    expect(tasks.find(({ name }) => name === 'condition-4')).toMatchObject({
      displayName: 'heads',
      condition: "inputs.parameter_values['pipelinechannel--flip-Output'] == 'heads'",
    });
  });

  test('is found inside its wrapper with a platform specification', () => {
    expect(parsePipelineSpec(recorded.with_platform_spec)).toMatchObject({
      name: 'with-platform-spec',
      tasks: [{ name: 'fetch' }],
    });
  });

  test('that contains itself is cut, not followed for ever', () => {
    const tasks = { again: { componentRef: { name: 'comp-loop' } }, twice: { componentRef: { name: 'comp-loop' } } };
    const spec = parsePipelineSpec({
      pipelineInfo: { name: 'loop' },
      root: { dag: { tasks } },
      components: { 'comp-loop': { dag: { tasks } } },
      schemaVersion: '2.1.0',
    });
    expect(spec?.tasks.length).toBeLessThanOrEqual(2_000);
  });

  test.each([
    ['number', { cpuLimit: 2, memoryLimit: 0.5 }, { cpuLimit: '2', memoryLimit: '0.5 GB' }],
    ['accelerator', { accelerator: { type: 'nvidia.com/gpu', count: '2' } }, { accelerator: '2 × nvidia.com/gpu' }],
    [
      'newer accelerator',
      { accelerator: { resourceType: 'amd.com/gpu', resourceCount: '1' } },
      { accelerator: '1 × amd.com/gpu' },
    ],
  ])('writes resources in words: %s', (_what, resources, expected) => {
    const spec = parsePipelineSpec({
      pipelineInfo: { name: 'p' },
      root: { dag: { tasks: { one: { componentRef: { name: 'c' } } } } },
      components: { c: { executorLabel: 'e' } },
      deploymentSpec: { executors: { e: { container: { image: 'i', resources } } } },
      schemaVersion: '2.1.0',
    });
    expect(spec?.tasks[0]?.resources).toEqual(expected);
  });

  test.each([undefined, null, 'text', 5, {}, { kind: 'Workflow' }])('of something else is none: %j', (value) => {
    expect(parsePipelineSpec(value)).toBeUndefined();
  });
});

describe('a pipeline file', () => {
  test.each([
    ['YAML', pipelineFileOf('hello')],
    ['JSON', JSON.stringify(recorded.train_and_evaluate)],
    ['YAML with a platform specification', `${pipelineFileOf('hello')}---\nplatforms:\n  kubernetes: {}\n`],
  ])('is read as %s', (_what, text) => {
    expect(parsePipelineFile(text)).toMatchObject({ ok: true });
  });

  test.each([
    ['text that is no YAML, which KFP would read for ever', 'a: [1, 2\n\tb: }', /no YAML/],
    ['nothing', '', /empty|no compiled pipeline/],
    ['a word', 'hello', /no compiled pipeline/],
    ['an Argo Workflow', 'kind: Workflow\nmetadata:\n  name: x\n', /Argo Workflow of KFP 1/],
    [
      'an old schema',
      stringify({ ...(recorded.train_and_evaluate as object), schemaVersion: '2.0.0' }),
      /schema version 2\.0\.0/,
    ],
    ['two pipelines', `${pipelineFileOf('a')}---\n${pipelineFileOf('b')}`, /more than one pipeline/],
    ['aliases', 'a: &a [1]\nb: *a\n', /aliases/],
    ['a nameless pipeline', pipelineFileOf("''"), /no compiled pipeline/],
    ['too much', `# ${'x'.repeat(5 * 1024 * 1024)}`, /larger than 4 MiB/],
  ])('refuses %s', (_what, text, problem) => {
    expect(parsePipelineFile(text)).toMatchObject({ ok: false, problem: expect.stringMatching(problem) as string });
  });
});
