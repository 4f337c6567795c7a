import { expect, test } from 'vitest';
import { FakeClock } from '../../testing/fake-clock.ts';
import { Screen } from '../../testing/screen.ts';
import { LiveLine } from './live-line.ts';
import type { Look } from './look.ts';

const look: Look = { color: true, unicode: true, live: true, words: false };

function given({ columns = 40, rows = 10, ...more }: { columns?: number; rows?: number } & Partial<Look> = {}) {
  const screen = new Screen({ columns, rows });
  const clock = new FakeClock();
  return { screen, clock, line: new LiveLine({ terminal: screen, look: { ...look, ...more }, clock }) };
}

test('what happens and for how long is one line that turns', async () => {
  const { screen, clock, line } = given();
  line.begin('kfp is thinking');
  expect(await screen.lines()).toEqual(['⠋ kfp is thinking']);
  await clock.advance(4_100);
  expect((await screen.lines())[0]).toMatch(/^[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏] kfp is thinking 4\.0s$/);
  expect((await screen.lines()).length).toBe(1);
});

test('output stays above the live part, in order, and nothing of the live part is left behind', async () => {
  const { screen, clock, line } = given();
  line.begin('thinking');
  line.print('first\n');
  line.showOpen('a paragraph\nin two lines\n');
  await clock.advance(300);
  line.print('second');
  expect((await screen.lines()).slice(0, 4)).toEqual(['first', 'second', 'a paragraph', 'in two lines']);
  line.showOpen('');
  line.end();
  expect(await screen.lines()).toEqual(['first', 'second']);
  expect(await screen.cursor()).toEqual({ x: 0, y: 2 });
});

test('the live part never grows beyond the window: its end is shown', async () => {
  const { screen, line } = given({ rows: 5 });
  line.print('above\n');
  line.begin('thinking');
  for (let length = 1; length <= 30; length += 1) {
    line.showOpen(Array.from({ length }, (_, index) => `line ${index}\n`).join(''));
  }
  expect((await screen.lines()).slice(-4)).toEqual(['line 27', 'line 28', 'line 29', '⠋ thinking']);
  line.end();
  expect(await screen.lines()).toEqual(['above']);
});

test('a window that became narrower leaves nothing behind', async () => {
  const { screen, line } = given({ columns: 40 });
  line.print('above\n');
  line.begin('something that takes a good part of the line');
  line.showOpen('a text that is nearly as wide as the win\n');
  await screen.lines();
  screen.resize(20, 10);
  line.end();
  expect((await screen.lines()).filter((text) => text !== '')).toEqual(['above']);
});

test('what happens cannot drive the terminal', async () => {
  const { screen, line } = given();
  line.begin('kfp\u001b[2J\nis thinking');
  expect(await screen.lines()).toEqual(['⠋ kfp is thinking']);
});

test('output by other means is not mixed with the live part', async () => {
  const { screen, line } = given();
  line.begin('thinking');
  line.around(() => {
    screen.write('from elsewhere\n');
  });
  expect(await screen.lines()).toEqual(['from elsewhere', '⠋ thinking']);
});

test('the timer ends with the line', async () => {
  const { screen, clock, line } = given();
  line.begin('thinking');
  line.end();
  await clock.advance(10_000);
  expect(await screen.lines()).toEqual([]);
});

test('where nothing is drawn again, what happens is said once, without an escape sequence', () => {
  const written: string[] = [];
  const terminal = { columns: 80, rows: 24, isTTY: false, write: (text: string) => void written.push(text) };
  const line = new LiveLine({ terminal, look: { ...look, live: false, color: false }, clock: new FakeClock() });
  line.begin('thinking');
  line.begin('thinking');
  line.showOpen('half a sen');
  line.print('done');
  line.end();
  expect(written.join('')).toBe('thinking\ndone\n');
});
