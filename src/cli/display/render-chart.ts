import type { Chart } from './chart.ts';
import { barLines } from './chart-bars.ts';
import { cellLines } from './chart-cells.ts';
import { describedChart } from './chart-in-words.ts';
import { plotLines } from './chart-plot.ts';
import type { Layout } from './look.ts';
import { safeLine } from './safe-text.ts';
import { styled } from './style.ts';
import { wrapped } from './width.ts';

/** A sketch in characters: shapes and figures, not a picture to measure in. For ears a few sentences instead. */
export function renderChart(chart: Chart, layout: Layout): string {
  const columns = Math.min(layout.columns, 100);
  const sized = { look: layout.look, columns };
  const title = safeLine(chart.title);
  if (layout.look.words)
    return wrapped(describedChart(chart), columns)
      .map((line) => `${line}\n`)
      .join('');
  const heading = title === '' ? [] : wrapped(styled(layout.look, 'strong', title), columns);
  return [...heading, ...drawn(chart, sized)].map((line) => `${line.trimEnd()}\n`).join('');
}

function drawn(chart: Chart, layout: Layout): readonly string[] {
  switch (chart.kind) {
    case 'lines':
    case 'points':
      return plotLines(chart, layout);
    case 'bars':
    case 'boxes':
      return barLines(chart, layout);
    case 'cells':
      return cellLines(chart, layout);
  }
}
