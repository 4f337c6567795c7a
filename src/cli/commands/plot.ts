import { writeFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { drawingAssets } from '../assets.ts';
import { CliError } from '../session/cli-error.ts';
import { exitCodes } from '../session/exit-codes.ts';
import { type CommandHandler } from '../session/invocation.ts';
import { type TurnOutcome } from '../session/turn-outcome.ts';
import { askAboutRun, resultOf, type RunQuestionOptions } from './run-question.ts';

interface PlotOptions extends RunQuestionOptions {
  readonly out?: string;
}

const tools = ['visualize_run', 'get_run_metrics', 'plot_data'];

/** Words that agents understand; any other word is the name of a metric. */
const charts: Readonly<Record<string, (run: string) => string>> = {
  metrics: (run) => `Draw the metrics of run ${run}`,
  roc: (run) => `Plot the ROC curve of run ${run}`,
  'confusion-matrix': (run) => `Show the confusion matrix of run ${run}`,
  importance: (run) => `Draw a chart of the feature importance of run ${run}`,
};

export const runPlot: CommandHandler<PlotOptions> = async ({ open }, [run = '', what = 'metrics'], options) => {
  const { out, ...asking } = options;
  if (out !== undefined) requireImage(out);
  const context = await open();
  const text = charts[what]?.(run) ?? `What ${what} did run ${run} reach?`;
  if (out === undefined) return askAboutRun(context, { text, tools }, asking);
  const after = async (outcome: TurnOutcome) => `${await writeChart(outcome, out)}\n`;
  return askAboutRun(context, { text, tools }, { ...asking, after });
};

function requireImage(file: string): void {
  if (['.svg', '.png'].includes(extname(file))) return;
  throw new CliError(exitCodes.usage, `--out takes a name that ends in .svg or .png, not ${file}`);
}

/** @returns what was written. */
async function writeChart(outcome: TurnOutcome, file: string): Promise<string> {
  const { specification } = dataOf(resultOf(outcome, ['visualize_run', 'plot_data']));
  if (specification === undefined) {
    throw new CliError(exitCodes.failed, 'the answer holds no chart that could be written to a file');
  }
  const { svgOf } = await import('../plot/svg.ts');
  const svg = await svgOf(specification);
  if (svg === undefined) throw new CliError(exitCodes.failed, 'the chart of the answer cannot be drawn');
  if (extname(file) === '.svg') await writeFile(file, svg);
  else {
    const { pngOf } = await import('../plot/png.ts');
    await writeFile(file, await pngOf(svg, drawingAssets));
  }
  return `wrote ${file}`;
}

function dataOf(result: string | undefined): { readonly specification?: unknown } {
  if (result === undefined) return {};
  return (JSON.parse(result) as { readonly data?: { readonly specification?: unknown } }).data ?? {};
}
