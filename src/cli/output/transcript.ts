import { conditionOf } from '../../api/conditions.ts';
import { type Call, type Step, type Turn } from '../../api/turn.ts';
import { citationsText } from '../display/citations.ts';
import { type Layout } from '../display/look.ts';
import { renderMarkdown } from '../display/markdown.ts';
import { safeLine, safeText } from '../display/safe-text.ts';
import { marks, styled } from '../display/style.ts';
import { toolLine } from '../display/tool-line.ts';

export interface TranscriptOptions {
  /** Arguments and results of tool calls as a whole. */
  readonly details: boolean;
}

/** What was asked, done and answered, oldest first. */
export function transcriptText(turns: readonly Turn[], layout: Layout, options: TranscriptOptions): string {
  return turns.map((turn) => turnText(turn, layout, options)).join('\n');
}

function turnText(turn: Turn, layout: Layout, options: TranscriptOptions): string {
  const { look } = layout;
  const prompt = look.words ? 'You: ' : `${marks(look).prompt} `;
  const asked = safeText(turn.spec.text)
    .trimEnd()
    .replaceAll('\n', `\n${' '.repeat(prompt.length)}`);
  const calls = callsOf(turn).map((entry) => callText(entry, layout, options));
  const reply = turn.status?.reply;
  const answer = reply === undefined ? '' : endedLine(renderMarkdown(reply, layout));
  return [
    `${styled(look, 'prompt', prompt + asked)}\n`,
    ...calls,
    answer,
    citationsText(turn.status?.citations ?? [], layout),
    endedLine(styled(look, 'faint', footer(turn))),
  ].join('');
}

export interface RecordedCall {
  readonly step: Step;
  readonly call: Call;
}

/** Calls of the journal, without those that only hand over to another agent. */
export function callsOf(turn: Turn): readonly RecordedCall[] {
  const all = (turn.status?.steps ?? []).flatMap((step) => (step.calls ?? []).map((call) => ({ step, call })));
  return all.filter(({ call }) => call.effect !== 'delegate');
}

function callText({ step, call }: RecordedCall, layout: Layout, { details }: TranscriptOptions): string {
  const { outcome } = call;
  const line = toolLine(
    {
      agent: step.agent,
      tool: call.tool,
      arguments: call.arguments,
      depth: step.frame === '' ? 0 : 1,
      state: outcome?.state,
      summary: outcome?.summary,
    },
    layout,
  );
  if (!details) return `${line}\n`;
  const facts = [
    `call ${call.id}`,
    `arguments ${call.arguments}`,
    ...(outcome?.error ? [`error ${outcome.error.code}: ${outcome.error.message}`] : []),
    ...(outcome?.result === undefined ? [] : [`result ${outcome.result}`]),
  ];
  return `${line}\n${facts.map((fact) => `    ${styled(layout.look, 'faint', safeText(fact))}\n`).join('')}`;
}

function footer(turn: Turn): string {
  const { status, metadata } = turn;
  const tokens = tokensOf(status?.usage);
  const waiting = (status?.pendingApprovals ?? []).map(
    ({ agent, tool, callId }) => `${agent}.${tool} (call ${callId}) waits for approval`,
  );
  const facts = [endOf(turn), ...waiting, ...(tokens > 0 ? [`${tokens} tokens`] : [])];
  return safeLine([`turn/${metadata.name}`, ...facts].join(' · '));
}

function endOf({ status }: Turn): string {
  const ended = conditionOf(status?.conditions, 'Succeeded');
  return ended?.status === 'False' ? `${ended.reason}: ${ended.message}` : (status?.phase ?? 'Pending');
}

function tokensOf({ inputTokens, outputTokens } = { inputTokens: 0, outputTokens: 0 }): number {
  return inputTokens + outputTokens;
}

/** For reading and for sharing; tool calls as a list, sources as links. */
export function transcriptMarkdown(title: string, turns: readonly Turn[]): string {
  return [`# ${safeLine(title)}\n`, ...turns.map(turnMarkdown)].join('\n');
}

function turnMarkdown(turn: Turn): string {
  const calls = callsOf(turn).map(({ step, call }) => {
    const outcome = call.outcome === undefined ? '' : `: ${call.outcome.state}. ${safeLine(call.outcome.summary)}`;
    return `- ${safeLine(step.agent)}.${safeLine(call.tool)} ${codeSpan(call.arguments)}${outcome}\n`;
  });
  const sources = (turn.status?.citations ?? []).map(
    ({ n, title, url }) => `- [${n}] ${safeLine(title)} <${safeLine(url)}>\n`,
  );
  return [
    `## ${safeLine(turn.spec.text).slice(0, 120)}\n\n`,
    quoted(safeText(turn.spec.text)),
    calls.length === 0 ? '' : `\n${calls.join('')}`,
    turn.status?.reply === undefined ? '' : `\n${endedLine(safeText(turn.status.reply))}`,
    sources.length === 0 ? '' : `\nSources:\n\n${sources.join('')}`,
    `\n_${footer(turn)}_\n`,
  ].join('');
}

function quoted(text: string): string {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => `> ${line}\n`)
    .join('');
}

function codeSpan(text: string): string {
  const line = safeLine(text);
  return line.includes('`') ? `\`\` ${line} \`\`` : `\`${line}\``;
}

function endedLine(text: string): string {
  return text === '' || text.endsWith('\n') ? text : `${text}\n`;
}
