import { kinds } from '../../../api/group.ts';
import { type Approval } from '../../../api/approval.ts';
import { type Conversation } from '../../../api/conversation.ts';
import { type Turn } from '../../../api/turn.ts';
import { attempt } from '../../../base/attempt.ts';
import { isForbidden } from '../../../kube/errors.ts';
import { type KubeObject } from '../../../kube/kube-client.ts';
import { resourceTypes } from '../../../kube/resource-types.ts';
import { safeLine, safeText } from '../../display/safe-text.ts';
import { marks, styled, type Tone } from '../../display/style.ts';
import { wrapped } from '../../display/width.ts';
import { type CliContext } from '../../session/cli-context.ts';
import { decide } from '../../session/decide.ts';
import { listAll, turnsOf } from '../../session/find-turn.ts';
import { type PendingCall, pendingCalls } from '../../session/pending-calls.ts';
import { type ChatMemory } from '../chat-memory.ts';
import { type LineInput } from '../line-input.ts';
import { approvalCard, approvalDetails, type ApprovalQuestion, nameOf, showsWhatIsDecided } from './approval-card.ts';
import { type Baseline } from './argument-lines.ts';
import { type DeclaredParameter, defaultsOf, lastTime, pipelineOf } from './baseline-of.ts';
import { type ApprovalAnswer, readAnswer } from './read-answer.ts';

type Verdict = Extract<ApprovalAnswer, { kind: 'approve' | 'always' | 'deny' }>;

export type DeskOutcome =
  | 'decided'
  /** Somebody else did, or the question lapsed. */
  | 'gone'
  /** Ctrl-C: the turn is to end. */
  | 'interrupted'
  /** Ctrl-D: the person leaves, and the question stays. */
  | 'left';

export interface DeskParts {
  readonly context: CliContext;
  readonly input: LineInput;
  readonly memory: ChatMemory;
  readonly conversation: Conversation;
  readonly identity: string;
}

export interface Asked {
  readonly turn: string;
  readonly callId: string;
  /** True once text of strangers has come into the turn. */
  readonly isTainted: boolean;
}

/** Where the person decides about calls, one after the other. */
export class ApprovalDesk {
  readonly #parts: DeskParts;

  constructor(parts: DeskParts) {
    this.#parts = parts;
  }

  async ask({ turn, callId, isTainted }: Asked, signal: AbortSignal): Promise<DeskOutcome> {
    const { context, memory, identity } = this.#parts;
    const object = await this.#turn(turn);
    if (!object) return 'gone';
    const [call] = await pendingCalls(context, { kind: 'turn', object }, callId);
    if (!call) return 'gone';
    const mayBeRemembered = call.reason !== 'Destructive' && !isTainted && showsWhatIsDecided(call);
    if (mayBeRemembered && memory.isAlwaysAllowed(call)) return this.#approveAsBefore(call);
    const question = { call, identity, baseline: await this.#baseline(call), now: context.clock.now() };
    const gone = new AbortController();
    const until = AbortSignal.any([signal, gone.signal]);
    void this.#watch(call, until).then(() => {
      gone.abort();
    });
    try {
      return await this.#converse(question, { mayBeRemembered, signal: until });
    } finally {
      gone.abort();
    }
  }

  async #approveAsBefore(call: PendingCall): Promise<DeskOutcome> {
    await this.#decide(call, 'Approve', 'always allowed by the person for this tool in this conversation');
    this.#say(`approved ${nameOf(call)}: you said always (/approve lists and forgets)`, 'faint');
    return 'decided';
  }

  async #converse(
    question: ApprovalQuestion,
    { mayBeRemembered, signal }: { readonly mayBeRemembered: boolean; readonly signal: AbortSignal },
  ): Promise<DeskOutcome> {
    const { context, input } = this.#parts;
    const { call } = question;
    this.#lines(approvalCard(question, context.layout()));
    const always = mayBeRemembered ? ', [a]lways' : '';
    for (;;) {
      const entry = await input.answer(`Allow it? [y]es once, [n]o${always}, [d]etails, ? (no) `, signal);
      if (!entry) return this.#tellWho(call);
      if (entry.kind !== 'text') return entry.kind === 'end' ? 'left' : 'interrupted';
      const answer = readAnswer(entry.text);
      if (isVerdict(answer) && isPossible(answer, call, mayBeRemembered)) return this.#carryOut(call, answer, signal);
      if (answer.kind === 'details') this.#lines(approvalDetails(question, context.layout()));
      else this.#say(help(call, mayBeRemembered), 'faint');
    }
  }

  #carryOut(call: PendingCall, answer: Verdict, signal: AbortSignal): Promise<DeskOutcome> {
    if (answer.kind === 'deny') return this.#deny(call, answer.reason, signal);
    return answer.kind === 'always' ? this.#always(call) : this.#approve(call);
  }

  async #approve(call: PendingCall): Promise<DeskOutcome> {
    await this.#decide(call, 'Approve');
    this.#say(`approved ${nameOf(call)}, this once`, 'good');
    return 'decided';
  }

  async #always(call: PendingCall): Promise<DeskOutcome> {
    await this.#decide(call, 'Approve');
    const isKept = this.#parts.memory.allowAlways(call);
    const where = isKept ? 'from this machine' : 'until you leave: the state directory cannot be written';
    this.#say(`approved ${nameOf(call)}, and from now on in this conversation ${where}; no other tool`, 'good');
    return 'decided';
  }

  async #deny(call: PendingCall, given: string | undefined, signal: AbortSignal): Promise<DeskOutcome> {
    const { input } = this.#parts;
    const entry =
      given === undefined ? await input.answer('Why? The agent is told (Enter: no reason) ', signal) : undefined;
    if (given === undefined && entry === undefined) return this.#tellWho(call);
    const said = entry?.kind === 'text' ? entry.text.trim() : '';
    const reason = given ?? said;
    await this.#decide(call, 'Deny', reason === '' ? undefined : reason);
    this.#say(`denied ${nameOf(call)}${reason === '' ? '' : `: ${safeLine(reason)}`}`, 'attention');
    return 'decided';
  }

  #decide(call: PendingCall, decision: 'Approve' | 'Deny', reason?: string): Promise<unknown> {
    const { turn, callId, argumentsDigest } = call;
    return decide(this.#parts.context, { turn: turn.metadata, callId, argumentsDigest, decision, reason });
  }

  /** Returns when the call waits no longer, whoever decided. */
  async #watch({ turn, callId }: PendingCall, signal: AbortSignal): Promise<void> {
    const { name, namespace } = turn.metadata;
    try {
      for await (const seen of this.#parts.context.kube.watchObject<KubeObject>(
        kinds.turn,
        { namespace, name },
        signal,
      )) {
        if (seen === 'gone') return;
        const { status } = seen as unknown as Turn;
        if (status?.pendingApprovals?.some((pending) => pending.callId === callId) !== true) return;
      }
    } catch (error) {
      // Whoever may not watch is asked all the same; the operator takes each decision only once.
      if (!signal.aborted && !isForbidden(error)) throw error;
    }
  }

  async #tellWho({ turn, callId, argumentsDigest }: PendingCall): Promise<DeskOutcome> {
    const { context } = this.#parts;
    const { namespace, name, uid } = turn.metadata;
    const approvals = await listAll<Approval>(context.kube, kinds.approval, { namespace }).catch(() => []);
    const decision = approvals.find(
      ({ spec }) => spec.turn.uid === uid && spec.callId === callId && spec.argumentsDigest === argumentsDigest,
    );
    const who = decision?.spec.author?.username;
    const what = decision?.spec.decision === 'Deny' ? 'denied' : 'approved';
    const by = who === undefined ? '' : ` by ${safeLine(who)}`;
    this.#say(
      decision
        ? `\n${what} elsewhere${by} (${safeLine(decision.metadata.name)})`
        : `\nthe question of ${safeLine(name)} no longer stands`,
      'attention',
    );
    return 'gone';
  }

  /** What the same tool was given last time, else what the pipeline itself would take. */
  async #baseline(call: PendingCall): Promise<Baseline | undefined> {
    const { context, conversation } = this.#parts;
    const earlier = lastTime(call, await turnsOf(context, { kind: 'conversation', object: conversation }));
    const pipeline = pipelineOf(call.arguments);
    if (earlier || pipeline === undefined || call.agent !== 'tekton') return earlier;
    const key = { namespace: call.turn.metadata.namespace, name: pipeline };
    type Pipeline = KubeObject & { readonly spec?: { readonly params?: readonly DeclaredParameter[] } };
    // Only to show what differs: without the right to see the pipeline the arguments stand alone.
    const found = await attempt(() => context.kube.get<Pipeline>(resourceTypes.pipeline, key));
    if (!found.ok && !isForbidden(found.error)) throw found.error;
    return found.ok && found.value ? defaultsOf(found.value.spec?.params ?? []) : undefined;
  }

  async #turn(name: string): Promise<Turn | undefined> {
    const { kube, namespace } = this.#parts.context;
    return (await kube.get(kinds.turn, { namespace, name })) as unknown as Turn | undefined;
  }

  #lines(lines: readonly string[]): void {
    this.#parts.context.shell.stdout.write(lines.map((line) => `${line}\n`).join(''));
  }

  #say(text: string, tone: Tone): void {
    const { look, columns } = this.#parts.context.layout();
    const [, lineBreak = '', words = ''] = /^(\n?)(.*)$/s.exec(text) ?? [];
    const mark = look.words ? '' : `${marks(look).arrow} `;
    const lines = wrapped(`${mark}${safeText(words)}`, columns - 1).map((line) => styled(look, tone, line));
    this.#lines([`${lineBreak}${lines.join('\n')}`]);
  }
}

function isVerdict(answer: ApprovalAnswer): answer is Verdict {
  return answer.kind === 'approve' || answer.kind === 'always' || answer.kind === 'deny';
}

/** Nobody agrees to what cannot be shown. */
function isPossible({ kind }: Verdict, call: PendingCall, mayBeRemembered: boolean): boolean {
  if (kind === 'deny') return true;
  return showsWhatIsDecided(call) && (kind === 'approve' || mayBeRemembered);
}

function help(call: PendingCall, mayBeRemembered: boolean): string {
  const always = mayBeRemembered
    ? ` a: yes, and do not ask again about ${nameOf(call)} in this conversation (each call is still approved one by one, in your name).`
    : ' This call is asked about each time.';
  if (!showsWhatIsDecided(call)) return 'The arguments were cut on their way here: look at them with kubectl, or deny.';
  return `y: yes, this call with these arguments. n: no; n REASON tells the agent why.${always} d: the arguments as JSON and their digest. Enter alone means no. Ctrl-C cancels the turn, Ctrl-D leaves the question open.`;
}
