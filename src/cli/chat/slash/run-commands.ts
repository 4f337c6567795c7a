import { type PipelineRun } from '../../../api/common.ts';
import { resultText } from '../../display/result-text.ts';
import { safeLine, safeText } from '../../display/safe-text.ts';
import { renderTable } from '../../display/table.ts';
import { terminalPlot } from '../../plot/terminal-plot.ts';
import { metricSpecification } from '../../plot/metric-specification.ts';
import { ageText } from '../../output/age.ts';
import { findConversation } from '../../session/conversations.ts';
import { turnsOf } from '../../session/find-turn.ts';
import { type ChatControl, type SlashCommand } from '../chat-control.ts';
import { readRunLog } from '../runs/read-run.ts';

/** Around the runs of this conversation. What needs a backend is asked of the agents, who have the rights there. */
export const runCommands: readonly SlashCommand[] = [
  {
    name: 'runs',
    usage: '[run]',
    about: 'runs of this conversation; with a name: its steps until it ends',
    completes: 'run',
    run: async (chat, [name]) => {
      if (name === undefined) chat.print(runTable(await runsOf(chat), chat));
      else if (!(await chat.followRun(name))) chat.print(`Run ${safeLine(name)} is gone, or not for your eyes.\n`);
    },
  },
  {
    name: 'logs',
    usage: '[run] [step]',
    about: 'end of the log of a run’s newest step, or of the step named',
    completes: 'run',
    run: async (chat, [name, step]) => {
      const run = (await runsOf(chat)).find((candidate) => name === undefined || candidate.name === name);
      const lines = run && (await readRunLog(chat.context, run, step));
      const nothing = run
        ? 'Its logs are gone, or not for your eyes; ask the agents.'
        : 'There is no such run in this conversation.';
      chat.print(lines && lines.length > 0 ? `${safeText(lines.slice(-40).join('\n'))}\n` : `${nothing}\n`);
    },
  },
  {
    name: 'plot',
    usage: 'metric [run]',
    about: 'a metric that the steps of a run print, drawn; else the agents are asked',
    completes: 'metric',
    run: async (chat, [metric, name]) => {
      const series = [...chat.runs.values()]
        .filter((run) => name === undefined || run.name === name)
        .flatMap((run) => run.metrics ?? [])
        .findLast((candidate) => metric === undefined || candidate.name === metric);
      if (series) {
        const drawn = terminalPlot(metricSpecification(series.name, [series]), chat.context.layout());
        chat.print(`${drawn ?? ''}\n`);
        return;
      }
      const run = name ?? (await runsOf(chat))[0]?.name ?? 'the last run';
      await askAndShow(chat, `What ${metric ?? 'metrics'} did run ${run} reach?`, ['visualize_run', 'get_run_metrics']);
    },
  },
  {
    name: 'compare',
    usage: 'run run',
    about: 'two runs side by side',
    completes: 'run',
    run: async (chat, words) => {
      const last = words.at(-1) ?? '';
      if (words.length < 2) chat.print('Which ones? /compare RUN RUN\n');
      else await askAndShow(chat, `Compare run ${words.slice(0, -1).join(', ')} with ${last}`, ['compare_runs']);
    },
  },
  {
    name: 'artifacts',
    usage: '[run]',
    about: 'what a run has produced',
    completes: 'run',
    run: async (chat, [name]) => {
      const run = name ?? (await runsOf(chat))[0]?.name ?? 'the last run';
      await askAndShow(chat, `List the artifacts of run ${run}`, ['list_run_artifacts']);
    },
  },
];

async function askAndShow(chat: ChatControl, question: string, tools: readonly string[]): Promise<void> {
  const outcome = await chat.ask(question);
  const found = outcome?.results.findLast(({ tool, state }) => tools.includes(tool) && state === 'Succeeded');
  if (found?.result === undefined) return;
  chat.print(`\n${resultText(found.result, { layout: chat.context.layout(), now: chat.context.clock.now() })}\n`);
}

/** Newest first. A Turn knows of its runs a moment before its Conversation does. */
export async function runsOf({
  context,
  conversation,
}: Pick<ChatControl, 'context' | 'conversation'>): Promise<readonly PipelineRun[]> {
  const known = (await findConversation(context, conversation.metadata.name))?.status?.pipelineRuns ?? [];
  const turns = await turnsOf(context, { kind: 'conversation', object: conversation });
  const fresh = turns
    .flatMap(({ status }) => status?.pipelineRuns ?? [])
    .filter(({ name }) => known.every((run) => run.name !== name));
  return [...fresh.toReversed(), ...known];
}

function runTable(runs: readonly PipelineRun[], { context }: ChatControl): string {
  if (runs.length === 0) return 'No runs yet.\n';
  const now = context.clock.now();
  const rows = runs.map((run) => [
    run.name,
    run.pipeline,
    run.state,
    run.startedAt === undefined ? '' : ageText(run.startedAt, now),
    run.message ?? '',
  ]);
  const columns = ['Run', 'Pipeline', 'State', 'Age', 'Message'].map((heading) => ({ title: heading }));
  return renderTable({ columns, rows: rows.map((row) => row.map(safeLine)) }, context.layout());
}
