import { describe, expect, it } from 'vitest';
import { findSlash, parseSlash, slashCommands } from './slash-commands.ts';

describe('slash commands', () => {
  it.each([
    ['/runs', { name: 'runs', words: [] }],
    ['  /compare a   b ', { name: 'compare', words: ['a', 'b'] }],
    ['/?', { name: 'help', words: [] }],
    ['/HELP', { name: 'help', words: [] }],
  ])('are read from %j', (text, expected) => {
    expect(parseSlash(text)).toEqual(expected);
  });

  it.each(['/var/log is full, why?', 'what does /runs do', '/ x', '//', 'hello'])('are not read from %j', (text) => {
    expect(parseSlash(text)).toBeUndefined();
  });

  it('may be shortened as long as only one is meant', () => {
    expect(findSlash('comp')?.name).toBe('compare');
    expect(findSlash('re')).toBeUndefined();
    expect(findSlash('nothing')).toBeUndefined();
  });

  it('are all there, each once', () => {
    const promised =
      'help runs logs plot compare artifacts sources approve deny cost context clear new resume rename export yaml model ns copy quit';
    const names = slashCommands.map(({ name }) => name);

    expect(names).toEqual(expect.arrayContaining(promised.split(' ')));
    expect(new Set(names).size).toBe(names.length);
  });
});
