import { describe, expect, test } from 'vitest';
import { aTektonParameter } from '../../testing/tekton-builders.ts';
import { convertParameters } from './convert-parameters.ts';

const pipeline = {
  name: 'train',
  parameters: [
    aTektonParameter({ name: 'dataset' }),
    aTektonParameter({ name: 'epochs', default: '10' }),
    aTektonParameter({ name: 'mode', default: 'fast', enum: ['fast', 'full'] }),
    aTektonParameter({ name: 'layers', type: 'array', default: ['64'] }),
    aTektonParameter({ name: 'site', type: 'object', properties: ['host', 'port'], default: { port: '80' } }),
  ],
};

describe('parameters of a pipeline', () => {
  test.each([
    ['numbers travel as text', { epochs: 20 }, { name: 'epochs', value: '20' }],
    ['booleans travel as text', { epochs: true }, { name: 'epochs', value: 'true' }],
    ['lists are lists of texts', { layers: [64, '32'] }, { name: 'layers', value: ['64', '32'] }],
    ['a list may come as JSON', { layers: '[64, 32]' }, { name: 'layers', value: ['64', '32'] }],
    ['keys with defaults may be missing', { site: { host: 'a' } }, { name: 'site', value: { host: 'a' } }],
    ['an object may come as JSON', { site: '{"host":"a"}' }, { name: 'site', value: { host: 'a' } }],
    [
      'text that looks dangerous to a shell is just text',
      { dataset: '; rm -rf "`x`"' },
      { name: 'dataset', value: '; rm -rf "`x`"' },
    ],
  ])('%s', (_name, given, expected) => {
    const converted = convertParameters(pipeline, { dataset: 'a.csv', ...given });
    expect(converted).toMatchObject({ ok: true, value: expect.arrayContaining([expected]) as unknown });
  });

  test.each([
    ['a near miss is suggested', { dataset: 'a', epoch: 3 }, 'there is no parameter epoch (Did you mean epochs?)'],
    ['what is required and missing is named', {}, 'dataset (string) is required'],
    ['a list where one value is wanted', { dataset: ['a'] }, 'dataset must be a single value, not ["a"]'],
    ['one value where a list is wanted', { dataset: 'a', layers: 'many' }, 'layers must be a list, not "many"'],
    ['a value that is none of the choices', { dataset: 'a', mode: 'slow' }, 'mode must be one of fast, full, not slow'],
    ['a missing key', { dataset: 'a', site: { port: '1' } }, 'site lacks the key host'],
    ['a reference that Tekton would replace', { dataset: '$(context.pipelineRun.uid)' }, 'dataset must not contain $('],
    ['a reference inside a list', { dataset: 'a', layers: ['$(params.x)'] }, 'layers must not contain $('],
    ['a name of the language', { dataset: 'a', constructor: 'x' }, 'there is no parameter constructor'],
  ])('%s', (_name, given, expected) => {
    const converted = convertParameters(pipeline, given);
    expect(converted).toMatchObject({ ok: false, failure: { code: 'InvalidParameters' } });
    expect(converted.ok ? '' : converted.failure.message).toContain(expected);
  });

  test('everything that is wrong is said at once, with what the pipeline takes', () => {
    const converted = convertParameters(pipeline, { epoch: 3, mode: 'slow' });
    const { message = '', hint } = converted.ok ? {} : converted.failure;
    expect(message.split(';')).toHaveLength(3);
    expect(hint).toContain('epochs (string, default "10")');
  });
});
