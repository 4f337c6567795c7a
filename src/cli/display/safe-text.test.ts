import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Screen } from '../../testing/screen.ts';
import { safeLine, safeText, SafeTextStream } from './safe-text.ts';

const cases: Record<string, { given: string; want: string }> = {
  'plain text passes': { given: 'a\tb\nc', want: 'a\tb\nc' },
  'the title of the window cannot be set': { given: 'a\u001b]0;owned\u0007b', want: 'ab' },
  'the title cannot be set with the other terminator': { given: 'a\u001b]2;owned\u001b\\b', want: 'ab' },
  'the screen cannot be cleared': { given: 'a\u001b[2J\u001b[Hb', want: 'ab' },
  'colours of logs go': { given: '\u001b[1;31mERROR\u001b[0m x', want: 'ERROR x' },
  'the clipboard cannot be written': { given: '\u001b]52;c;b3duZWQ=\u0007', want: '' },
  'device control strings go': { given: 'a\u001bP$q"p\u001b\\b', want: 'ab' },
  'sequences of one byte go': { given: 'a\u009b2Jb\u009d0;x\u009cc', want: 'abc' },
  'the terminal cannot be reset': { given: 'a\u001bcb', want: 'ab' },
  'character sets cannot be switched': { given: 'a\u001b(0b\u000ec', want: 'ab\\u000ec' },
  'a sequence that never ends hides nothing': { given: '\u001b]0;the rest', want: '0;the rest' },
  'a sequence longer than any that means something hides nothing': {
    given: `\u001b]0;${'x'.repeat(1_100)}\u0007`,
    want: `0;${'x'.repeat(1_100)}\\u0007`,
  },
  'a sequence does not hide the next line': { given: '\u001b]0;a\nb\u0007', want: '0;a\nb\\u0007' },
  'what is left of two sequences makes no third': { given: '\u001b\u001b[31m[2J', want: '\\u001b[2J' },
  'a lone carriage return overwrites nothing': { given: 'safe\rEVIL\r\nnext', want: 'safe\nEVIL\nnext' },
  'backspace and bell are seen': { given: 'rm\u0008\u0008ls\u0007', want: 'rm\\u0008\\u0008ls\\u0007' },
  'delete is seen': { given: 'a\u007f', want: 'a\\u007f' },
  'overriding the direction is seen': { given: 'a\u202egnp.exe\u202c', want: 'a\\u202egnp.exe\\u202c' },
  'isolates and direction marks are seen': {
    given: '\u2066a\u2069\u200e\u200f',
    want: '\\u2066a\\u2069\\u200e\\u200f',
  },
  'right-to-left text passes': { given: 'שלום مرحبا', want: 'שלום مرحبا' },
  'spaces of no width are seen': { given: 'my\u200bbucket\ufeff', want: 'my\\u200bbucket\\ufeff' },
  'a joiner between Latin letters is seen': { given: 'ad\u200dmin', want: 'ad\\u200dmin' },
  'a joiner in Persian passes': { given: 'می‌خواهم', want: 'می‌خواهم' },
  'a joiner in Hindi passes': { given: 'क्‍ष', want: 'क्‍ष' },
  'families and hearts pass': { given: '👩‍👩‍👧 ❤️ 1️⃣', want: '👩‍👩‍👧 ❤️ 1️⃣' },
  'letters made of tags are seen': { given: 'a\u{e0041}', want: 'a\\udb40\\udc41' },
  'data in selectors is seen': { given: 'a\ufe01\ufe02', want: 'a\\ufe01\\ufe02' },
  'half a character is seen': { given: 'a\ud800b\udc00', want: 'a\\ud800b\\udc00' },
  'lines may be broken in other ways too': { given: 'a\u2028b\u0085c\u000bd', want: 'a\nb\nc\nd' },
};
test.each(Object.entries(cases))('%s', (_name, { given, want }) => {
  expect(safeText(given)).toBe(want);
});

const nasty = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '\u001b',
        '\u001b[',
        '\u001b]0;',
        '\u0007',
        '\u009b',
        '\u009c',
        '\u001b\\',
        '\u001bP',
        '\r',
        '\n',
        '\t',
        '\ud83d',
      ),
      fc.constantFrom(
        '\u200d',
        '\ufe0f',
        '\u202e',
        '\u{e0041}',
        '👩',
        'می',
        '2J',
        '31m',
        ';',
        'a',
        '\u0000',
        '\u007f',
        ' ',
      ),
      fc.string({ unit: 'binary', maxLength: 4 }),
    ),
    { maxLength: 30 },
  )
  .map((parts) => parts.join(''));

test('nothing that acts on a terminal or hides is left', () => {
  fc.assert(
    fc.property(nasty, (text) => {
      const safe = safeText(text);

      expect(safe).not.toMatch(
        /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069\u200e\u200f]/,
      );
      expect(safe.isWellFormed()).toBe(true);
      expect(safeText(safe)).toBe(safe);
      expect(safeLine(text)).not.toMatch(/[\n\t]/);
    }),
    { numRuns: 2_000 },
  );
});

test('text that comes in pieces is as safe as the whole, and the same', () => {
  fc.assert(
    fc.property(nasty, fc.array(fc.nat(60), { maxLength: 6 }), (text, cuts) => {
      const stream = new SafeTextStream();
      const places = [
        0,
        ...cuts.map((cut) => Math.min(cut, text.length)).toSorted((left, right) => left - right),
        text.length,
      ];
      const pieces = places.slice(1).map((place, index) => stream.push(text.slice(places[index], place)));
      expect(pieces.join('') + stream.end()).toBe(safeText(text));
    }),
    { numRuns: 3_000 },
  );
});

test('text is shown as soon as it cannot be the beginning of a sequence', () => {
  const stream = new SafeTextStream();
  expect([stream.push('Hel'), stream.push('lo \u001b'), stream.push('[3'), stream.push('1mred')]).toEqual([
    'Hel',
    'lo ',
    '',
    'red',
  ]);
});

test('what a model writes changes neither title nor screen nor cursor of a terminal', async () => {
  const screen = new Screen();
  screen.write('kept\n');
  screen.write(
    safeText('\u001b]0;owned\u0007\u001b[2J\u001b[H\u001b[?1049h\u001b[5Aup\u001b[6n\u009b2J\u001bc\u001b]0;open'),
  );
  expect(await screen.lines()).toEqual(['kept', 'up0;open']);
  expect(screen.title).toBe('');
});

test('random text never reaches what stands above it', async () => {
  await fc.assert(
    fc.asyncProperty(nasty, async (text) => {
      const screen = new Screen({ columns: 80, rows: 60 });
      screen.write('kept\n');
      screen.write(safeText(text).replaceAll('\n', ' '));
      expect([(await screen.lines())[0], screen.title]).toEqual(['kept', '']);
    }),
    { numRuns: 150 },
  );
});

test('quoted JSON keeps its meaning', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const json = JSON.stringify({ text }).replaceAll(/[\u2028\u2029\u0085]/g, ' ');
      const { text: read } = JSON.parse(safeText(json)) as { text: string };
      expect(read).toBe(text.replaceAll(/[\u2028\u2029\u0085]/g, ' '));
    }),
  );
});

test('thousands of beginnings takes no time', () => {
  const startedMs = performance.now();
  for (const part of ['\u001b]', '\u001b[', '\u001b', '\u200d', '\u009d', '\r']) safeText(part.repeat(50_000));
  expect(performance.now() - startedMs).toBeLessThan(5_000);
});
