import { mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { ChatMemory, historyLimits, stateDirectory } from './chat-memory.ts';

const conversation = { name: 'churn', uid: 'uid-1' };
const runPipeline = { agent: 'tekton', tool: 'run_pipeline' };

describe('the memory of a chat', () => {
  let directory: string;
  beforeEach(() => {
    directory = join(mkdtempSync(join(tmpdir(), 'chat-memory-')), 'kubectl-swarm');
  });
  const memory = (of = conversation, namespace = 'team-a') =>
    new ChatMemory({ directory, namespace, conversation: of });

  it('is for its user only', () => {
    memory().addToHistory('hello');

    expect(statSync(directory).mode & 0o777).toBe(0o700);
    expect(statSync(join(directory, 'team-a', 'churn')).mode & 0o777).toBe(0o700);
    expect(statSync(join(directory, 'team-a', 'churn', 'history')).mode & 0o777).toBe(0o600);
  });

  it('keeps lines of each conversation apart, newest first, those with line breaks too', () => {
    memory().addToHistory('one');
    memory().addToHistory('two\nlines');
    memory().addToHistory('two\nlines');

    expect(memory().history).toEqual(['two\nlines', 'one']);
    expect(memory(conversation, 'team-b').history).toEqual([]);
  });

  it('forgets the oldest lines first', () => {
    const kept = memory();
    for (let line = 0; line < historyLimits.lines + 10; line += 1) kept.addToHistory(`line ${line}`);
    kept.addToHistory('x'.repeat(historyLimits.characters));

    expect(memory().history).toEqual(['x'.repeat(historyLimits.characters)]);
  });

  it('allows the tool that was allowed, and no other one, also after a restart', () => {
    memory().allowAlways(runPipeline);

    const restarted = memory();
    expect(restarted.isAlwaysAllowed(runPipeline)).toBe(true);
    for (const other of [
      { agent: 'tekton', tool: 'cancel_run' },
      { agent: 'kfp', tool: 'run_pipeline' },
      { agent: 'tekton', tool: 'run_pipeline_twice' },
    ]) {
      expect(restarted.isAlwaysAllowed(other)).toBe(false);
    }
  });

  it('allows nothing in a later conversation of the same name', () => {
    memory().allowAlways(runPipeline);

    expect(memory({ ...conversation, uid: 'uid-2' }).isAlwaysAllowed(runPipeline)).toBe(false);
  });

  it('takes back what was allowed', () => {
    memory().allowAlways(runPipeline);
    memory().forgetAlways();

    expect(memory().alwaysAllowed).toEqual([]);
  });

  it('allows nothing that a damaged file says', () => {
    memory().allowAlways(runPipeline);
    const file = join(directory, 'team-a', 'churn', 'approvals.json');
    const damages = [
      '',
      '{',
      '[]',
      'null',
      readFileSync(file, 'utf8').replace('"run_pipeline"', '7'),
      '{"conversation":"uid-1","always":true}',
    ];
    for (const damage of damages) {
      writeFileSync(file, damage);
      expect(memory().alwaysAllowed, damage).toEqual([]);
    }
  });

  it('says so when it cannot be kept', () => {
    writeFileSync(directory, 'a file stands in the way');

    expect(memory().allowAlways(runPipeline)).toBe(false);
  });
});

describe('the state directory', () => {
  it.each([
    [{ XDG_STATE_HOME: '/state', HOME: '/home/a' }, '/state/kubectl-swarm'],
    [{ XDG_STATE_HOME: 'relative', HOME: '/home/a' }, '/home/a/.local/state/kubectl-swarm'],
    [{ HOME: '/home/a' }, '/home/a/.local/state/kubectl-swarm'],
  ])('for %j is %s', (environment, expected) => {
    expect(stateDirectory(environment)).toBe(expected);
  });
});
