import { describe, expect, test } from 'vitest';
import { aKfpParameter } from '../../testing/kfp-builders.ts';
import { convertParameters } from './convert-parameters.ts';

const parameters = [
  aKfpParameter({ name: 'data' }),
  aKfpParameter({ name: 'epochs', type: 'NUMBER_INTEGER', default: 3 }),
  aKfpParameter({ name: 'rate', type: 'NUMBER_DOUBLE', default: 0.1 }),
  aKfpParameter({ name: 'shuffle', type: 'BOOLEAN', default: false }),
  aKfpParameter({ name: 'layers', type: 'LIST', default: [1, 2] }),
  aKfpParameter({ name: 'labels', type: 'STRUCT', default: { team: 'ml' } }),
  aKfpParameter({ name: 'note', isOptional: true }),
];
const declared = { pipeline: 'train', parameters };

describe('parameters of a Kubeflow pipeline', () => {
  test.each([
    ['numbers may come as text', { epochs: '20', rate: '1e-3' }, { epochs: 20, rate: 0.001 }],
    ['a whole number may be written with a point', { epochs: '3.0' }, { epochs: 3 }],
    ['a whole number is a number too', { rate: 1 }, { rate: 1 }],
    ['truth may come as text', { shuffle: 'True' }, { shuffle: true }],
    ['numbers and truth become texts where texts are wanted', { note: 5 }, { note: '5' }],
    ['a list may come as JSON', { layers: '[64, "x"]' }, { layers: [64, 'x'] }],
    ['an object may come as JSON', { labels: '{"a": [1]}' }, { labels: { a: [1] } }],
    ['text that looks dangerous is just text', { note: '$(rm -rf) {{x}}' }, { note: '$(rm -rf) {{x}}' }],
    ['an empty text is a text', { note: '' }, { note: '' }],
    ['elements of lists and values of objects are not checked', { layers: [null, {}] }, { layers: [null, {}] }],
  ])('%s', (_name, given, expected) => {
    expect(convertParameters(declared, { data: 'a.csv', ...given })).toEqual({
      ok: true,
      value: { data: 'a.csv', ...expected },
    });
  });

  test.each([
    ['a near miss is suggested', { data: 'a', epoch: 3 }, 'there is no parameter epoch (Did you mean epochs?)'],
    ['what is required and missing is named', {}, 'data (a text) is required and was not given'],
    ['a broken number for a whole one', { data: 'a', epochs: 1.5 }, 'epochs must be a whole number, not 1.5'],
    ['a number too large to be exact', { data: 'a', epochs: 2 ** 60 }, 'epochs must be a whole number'],
    ['a text for a number', { data: 'a', rate: 'fast' }, 'rate must be a number, not "fast"'],
    ['an empty text for a number', { data: 'a', rate: ' ' }, 'rate must be a number, not " "'],
    ['hexadecimal is no number', { data: 'a', epochs: '0x10' }, 'epochs must be a whole number'],
    ['infinity is no number', { data: 'a', rate: 'Infinity' }, 'rate must be a number'],
    ['a number for a truth', { data: 'a', shuffle: 1 }, 'shuffle must be true or false, not 1'],
    ['a list for a text', { data: ['a'] }, 'data must be a text, not ["a"]'],
    ['one value for a list', { data: 'a', layers: '64' }, 'layers must be a list, not "64"'],
    ['a list for an object', { data: 'a', labels: [] }, 'labels must be an object, not []'],
    ['null, also for what is optional', { data: 'a', note: null }, 'note must not be null'],
    ['an emoji', { data: 'a', note: 'well done 🎉' }, 'note must not contain emoji'],
    ['an emoji inside a list', { data: 'a', layers: ['🎉'] }, 'layers must not contain emoji'],
    ['a name of the language', { data: 'a', constructor: 'x' }, 'there is no parameter constructor'],
  ])('%s', (_name, given, expected) => {
    const converted = convertParameters(declared, given);
    expect(converted).toMatchObject({ ok: false, failure: { code: 'InvalidParameters' } });
    expect(converted.ok ? '' : converted.failure.message).toContain(expected);
  });

  test('everything that is wrong is said at once, with what the pipeline takes', () => {
    const converted = convertParameters(declared, { epoch: 3, rate: 'slow' });
    const { message = '', hint } = converted.ok ? {} : converted.failure;
    expect(message.split(';')).toHaveLength(3);
    expect(hint).toContain('epochs (NUMBER_INTEGER, default 3)');
    expect(hint).toContain('data (STRING, required)');
    expect(hint).toContain('note (STRING, optional)');
  });

  test('a type that only a newer server knows is left to the server', () => {
    const config = [aKfpParameter({ name: 'config', type: 'TASK_CONFIG' })];
    const converted = convertParameters({ pipeline: 'p', parameters: config }, { config: { a: 1 } });
    expect(converted).toEqual({ ok: true, value: { config: { a: 1 } } });
  });
});
