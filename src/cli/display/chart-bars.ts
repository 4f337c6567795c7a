import type { Bar, Box, ChartOf } from './chart.ts';
import { figure } from './figure.ts';
import type { Layout, Look } from './look.ts';
import { safeLine } from './safe-text.ts';
import { marks, seriesStyled, styled } from './style.ts';
import { fitted, padded, widthOf } from './width.ts';

const eighths = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/** One line for each bar or box, its label before and its figure behind it. */
export function barLines(chart: ChartOf<'bars' | 'boxes'>, layout: Layout): readonly string[] {
  const titles = [safeLine(chart.valueTitle), safeLine(chart.labelTitle)].filter((title) => title !== '').join(' by ');
  const head = titles === '' ? [] : [styled(layout.look, 'faint', fitted(titles, layout.columns, layout.look))];
  return [...head, ...(chart.kind === 'bars' ? bars(chart, layout) : boxes(chart.boxes, layout))];
}

function bars(chart: ChartOf<'bars'>, layout: Layout): readonly string[] {
  const { look } = layout;
  const finite = chart.bars.filter(({ value }) => Number.isFinite(value));
  const groups = [...new Set(finite.map(({ group }) => group ?? ''))];
  const labels = labelColumn(
    finite.map(({ label, group }) =>
      [label, groups.length > 1 ? (group ?? '') : ''].filter((part) => part !== '').join(' / '),
    ),
    layout,
  );
  const sum = finite.reduce((total, { value }) => total + value, 0);
  const figures = finite.map(({ value }) =>
    chart.isShare === true && sum > 0 ? `${figure(value)} (${Math.round((100 * value) / sum)}%)` : figure(value),
  );
  const room = Math.max(4, layout.columns - (widthOf(labels[0] ?? '') + 2) - Math.max(0, ...figures.map(widthOf)) - 1);
  const lengths = lengthsOf(finite, chart.isLogarithmic === true);
  return finite.map(({ group }, index) => {
    const bar = barOf((lengths[index] ?? 0) * room, look);
    const drawn = seriesStyled(look, groups.indexOf(group ?? ''), bar);
    return `${labels[index] ?? ''} ${styled(look, 'faint', marks(look).bar)}${drawn} ${figures[index] ?? ''}`;
  });
}

/** Shares of the longest bar. Below zero the length is that of the number without its sign, which the figure shows. */
function lengthsOf(all: readonly Bar[], isLogarithmic: boolean): readonly number[] {
  const sizes = all.map(({ value }) =>
    isLogarithmic ? Math.log10(Math.max(value, Number.MIN_VALUE)) : Math.abs(value),
  );
  const most = sizes.reduce((longest, size) => Math.max(longest, size), -Infinity);
  const least = isLogarithmic ? sizes.reduce((shortest, size) => Math.min(shortest, size), Infinity) - 1 : 0;
  return sizes.map((size) => (most === least ? 0 : (size - least) / (most - least)));
}

function barOf(length: number, look: Look): string {
  if (!look.unicode) return marks(look).full.repeat(Math.round(length));
  const whole = Math.floor(length);
  return marks(look).full.repeat(whole) + (eighths[Math.floor((length - whole) * 8)] ?? '');
}

/** `|--[  |  ]----|` between the smallest and the largest of all. */
function boxes(all: readonly Box[], layout: Layout): readonly string[] {
  const { look } = layout;
  const labels = labelColumn(
    all.map(({ label }) => label),
    layout,
  );
  const low = all.reduce((least, { lowest }) => Math.min(least, lowest), Infinity);
  const high = all.reduce((most, { highest }) => Math.max(most, highest), -Infinity);
  const room = Math.max(12, layout.columns - widthOf(labels[0] ?? '') - 2);
  const at = (value: number) => (high === low ? 0 : Math.round(((value - low) / (high - low)) * (room - 1)));
  const [dash, end, median] = look.unicode ? ['─', '│', '┃'] : ['-', '|', '|'];
  return all.flatMap((box, index) => {
    const cells = Array.from({ length: room }, () => ' ');
    for (let cell = at(box.lowest); cell <= at(box.highest); cell += 1) cells[cell] = dash;
    const full = marks(look).empty;
    for (let cell = at(box.firstQuartile); cell <= at(box.thirdQuartile); cell += 1) cells[cell] = full;
    cells[at(box.lowest)] = end;
    cells[at(box.highest)] = end;
    cells[at(box.median)] = median;
    const { lowest, firstQuartile, median: middle, thirdQuartile, highest } = box;
    const five = [lowest, firstQuartile, middle, thirdQuartile, highest].map(figure).join('  ');
    return [
      `${labels[index] ?? ''} ${seriesStyled(look, 0, cells.join('').trimEnd())}`,
      styled(look, 'faint', `${' '.repeat(widthOf(labels[index] ?? '') + 1)}${fitted(five, room, look)}`),
    ];
  });
}

/** As wide as the widest label, but never more than a third of the window. */
function labelColumn(labels: readonly string[], { look, columns }: Layout): readonly string[] {
  const safe = labels.map(safeLine);
  const width = Math.min(Math.max(0, ...safe.map(widthOf)), Math.max(6, Math.floor(columns / 3)));
  return safe.map((label) => padded(fitted(label, width, look), width, 'right'));
}
