import stringWidth from 'string-width';
import wrapAnsi from 'wrap-ansi';
import { sha256Hex } from '../../../base/digest.ts';
import { type Layout } from '../../display/look.ts';
import { safeLine, safeText } from '../../display/safe-text.ts';
import { styled } from '../../display/style.ts';
import { type PendingCall } from '../../session/pending-calls.ts';
import { argumentLines, type Baseline } from './argument-lines.ts';

export interface ApprovalQuestion {
  readonly call: PendingCall;
  /** Who answers, as the API server knows them. */
  readonly identity: string;
  readonly baseline?: Baseline | undefined;
  readonly now: Date;
}

interface Fact {
  readonly name: string;
  readonly value: string;
  /** Behind the value, faintly. */
  readonly note?: string | undefined;
}

/** The question as the person sees it: what would be done, with which arguments, where, and as whom. */
export function approvalCard(question: ApprovalQuestion, layout: Layout): readonly string[] {
  const { call } = question;
  const { look } = layout;
  const title = look.words ? 'Approval needed for' : '? Approval needed:';
  return [
    ...wrapped(`${styled(look, 'attention', title)} ${styled(look, 'strong', nameOf(call))}${why(call)}`, layout, ''),
    ...wrapped('  with', layout, ''),
    ...given(question).flatMap((fact) => factLines(fact, layout, '    ')),
    ...circumstances(question).flatMap((fact) => factLines(fact, layout, '  ')),
  ];
}

/** Everything there is to know about the call, for whoever wants to check or to decide elsewhere. */
export function approvalDetails({ call }: ApprovalQuestion, layout: Layout): readonly string[] {
  const json = JSON.stringify(JSON.parse(call.arguments), undefined, 2);
  const { name, namespace } = call.turn.metadata;
  return [
    ...safeText(json).split('\n'),
    `digest   ${safeLine(call.argumentsDigest)}`,
    `call     ${safeLine(call.callId)} of turn ${safeLine(name)}`,
    `expires  ${safeLine(call.expiresAt)}`,
    `elsewhere: kubectl swarm approve ${safeLine(name)} --call ${safeLine(call.callId)} -n ${safeLine(namespace)}`,
  ].flatMap((line) => wrapped(line, layout, '  '));
}

/** Whether the arguments on the screen are the ones that the decision would be bound to. */
export function showsWhatIsDecided({ arguments: shown, argumentsDigest }: PendingCall): boolean {
  return argumentsDigest === `sha256:${sha256Hex(shown)}`;
}

export function nameOf({ agent, tool }: Pick<PendingCall, 'agent' | 'tool'>): string {
  return safeLine(`${agent}.${tool}`);
}

const reasons: Readonly<Record<string, string>> = {
  Destructive: 'it deletes or replaces',
  Writes: 'it changes something',
  OnRisk: 'it cannot be repeated safely',
  PolicyRule: 'a rule asks',
  Always: 'every call asks',
};

function why({ reason }: PendingCall): string {
  return ` (${reasons[reason] ?? safeLine(reason)})`;
}

/** Under a heading of their own: an argument may be called `namespace`, and is then still an argument. */
function given({ call, baseline }: ApprovalQuestion): readonly Fact[] {
  return argumentLines(call.arguments, baseline).map(({ path, value, otherwise }) => ({
    name: path === '' ? 'no arguments' : path,
    value: path === '' ? '' : value,
    ...(otherwise !== undefined && { note: `${baseline?.name ?? 'otherwise'}: ${otherwise}` }),
  }));
}

function circumstances({ call, identity, now }: ApprovalQuestion): readonly Fact[] {
  return [
    ...(call.summary === undefined ? [] : [{ name: 'effect', value: call.summary }]),
    { name: 'namespace', value: call.turn.metadata.namespace },
    { name: 'acts as', value: `ServiceAccount ${call.serviceAccount}` },
    { name: 'you are', value: identity },
    { name: 'lapses', value: remaining(new Date(call.expiresAt), now) },
  ];
}

const nameWidth = 11;

function factLines({ name, value, note }: Fact, layout: Layout, indent: string): readonly string[] {
  const { look } = layout;
  const label = `${indent}${styled(look, 'faint', safeLine(name))}`;
  const shown = `${safeLine(value)}${note === undefined ? '' : ` ${styled(look, 'attention', `(${safeLine(note)})`)}`}`;
  // A long name takes a line of its own width: it is never cut, and neither is the value.
  const gap = ' '.repeat(Math.max(1, nameWidth - stringWidth(safeLine(name))));
  return wrapped(`${label}${look.words ? ': ' : gap}${shown}`, layout, `${indent}  `);
}

function wrapped(line: string, { columns }: Layout, indent: string): readonly string[] {
  if (!Number.isFinite(columns)) return [line];
  const [first = '', ...rest] = wrapAnsi(line, Math.max(10, columns - indent.length), {
    hard: true,
    trim: false,
  }).split('\n');
  return [first, ...rest.map((part) => `${indent}${part.trimStart()}`)];
}

function remaining(until: Date, now: Date): string {
  const seconds = Math.round((until.getTime() - now.getTime()) / 1000);
  if (seconds <= 0) return 'now';
  if (seconds < 120) return `in ${seconds} s`;
  return seconds < 7_200 ? `in ${Math.round(seconds / 60)} min` : `in ${Math.round(seconds / 3_600)} h`;
}
