import { expect, test } from 'vitest';
import { createLog } from './log.ts';

function captured(level: 'debug' | 'info') {
  const lines: string[] = [];
  const log = createLog({ level, destination: { write: (line) => void lines.push(line) } });
  return { log, parsed: () => lines.map((line) => JSON.parse(line) as Record<string, unknown>) };
}

test('a line is one JSON object with time, level in words, the fields of its log and its own', () => {
  const { log, parsed } = captured('info');
  log.child({ controller: 'turn', reconcileId: 'r-1' }).info({ object: 'team-a/t' }, 'Calling tool');
  const [line] = parsed();
  expect(line).toMatchObject({
    level: 'info',
    controller: 'turn',
    reconcileId: 'r-1',
    object: 'team-a/t',
    msg: 'Calling tool',
  });
  expect(line?.['time']).toMatch(/^\d{4}-\d\d-\d\dT/);
});

test('lines below the level are left out', () => {
  const { log, parsed } = captured('info');
  log.debug({}, 'Thinking');
  expect(parsed()).toHaveLength(0);
});

test('an error comes with its stack', () => {
  const { log, parsed } = captured('info');
  log.error({ err: new Error('broken') }, 'Reconcile failed');
  expect(parsed()[0]?.['err']).toMatchObject({
    message: 'broken',
    stack: expect.stringContaining('log.test.ts') as string,
  });
});
