import { attempt } from '../base/attempt.ts';
import { sha256Base32, sha256Hex } from '../base/digest.ts';
import { RetryableError, TerminalError } from '../base/errors.ts';
import {
  type LanguageModel,
  ModelOutputError,
  type ModelRequest,
  type ModelResponse,
} from '../models/language-model.ts';
import type { Agent } from '../agents/agent.ts';
import type { Offer } from './agent-registry.ts';
import { type AnswerSource, listenTo } from './answer-listener.ts';
import type { Frame } from './frames.ts';
import { type Call, journalLimits, type Step } from './journal.ts';
import { cut, type Shown } from './results.ts';
import { systemPrompt } from './system-prompt.ts';
import { withTimeLimit } from './time-limit.ts';
import { transcriptOf } from './transcript.ts';
import type { TurnFacts } from './turn-facts.ts';
import { inventoryScope, offerAt, type TurnRun } from './turn-run.ts';
import { type DecidedCall, validateAnswer } from './validate-answer.ts';

/** A complete, validated answer of a model, before the journal gives it its place. */
export interface Decision extends Pick<Step, 'frame' | 'agent' | 'model' | 'finish' | 'text' | 'usage'> {
  readonly rejected?: string;
  readonly calls: readonly DecidedCall[];
}

const defaultContextTokens = 24_000;

/**
 * Asks the model once for what the frame's agent does next. Nothing has happened when it throws.
 * @throws RetryableError or TerminalError of the model and all its fallbacks.
 */
export async function decide(frame: Frame, agent: Agent, run: TurnRun): Promise<Decision> {
  const { facts } = run;
  const offer = offerAt(run, frame.agent, frame.depth);
  const choice = await run.model();
  const delegates = [...offer.tools.values()].flatMap((offered) => (offered.kind === 'delegate' ? offered.agent : []));
  const inventory = await run.readInventory([agent.name, ...delegates], inventoryScope(run));
  const contextTokens = choice.contextTokens ?? defaultContextTokens;
  const request = {
    system: systemPrompt(agent, facts, { inventory, limit: contextTokens }),
    messages: transcriptOf(frame, facts, Math.floor(contextTokens / 2)),
    tools: offer.schemas,
    inventory: inventory.items,
    now: facts.askedAt,
    ...(choice.maxOutputTokens !== undefined && { maxOutputTokens: choice.maxOutputTokens }),
  };

  await run.hooks.boundary('before-model');
  run.log.debug({ agent: agent.name, frame: frame.id }, 'Asking model');
  const asker = { frame: frame.id, agent: agent.name };
  const { model, response } = await askInTurn([choice.model, ...(choice.fallbacks ?? [])], request, { run, asker });
  await run.hooks.boundary('after-model');
  const source = { ...asker, model: model.name };
  const decision = decisionFrom(source, response, { offer, maxCalls: facts.limits.maxParallelCalls });
  return reviewed(decision, agent, frame);
}

/** An answer that its agent does not stand by goes back to the model, as one that cannot be used. */
function reviewed(decision: Decision, agent: Agent, { steps }: Frame): Decision {
  const isAnswer = decision.rejected === undefined && decision.calls.length === 0;
  if (!isAnswer || !agent.reviewAnswer) return decision;
  const lastUsable = steps.findLastIndex((step) => step.rejected === undefined);
  const review = agent.reviewAnswer({
    text: decision.text,
    results: steps.flatMap((step) => step.calls ?? []).flatMap(resultOf),
    rejections: steps.length - 1 - lastUsable,
  });
  if (review.kind === 'rejected') return { ...decision, rejected: reasonText(review.problem) };
  return { ...decision, text: cut(review.text, journalLimits.textCharacters) };
}

function resultOf({ tool, outcome }: Call): readonly { readonly tool: string; readonly data: unknown }[] {
  if (outcome?.state !== 'Succeeded' || outcome.result === undefined) return [];
  return [{ tool, data: (JSON.parse(outcome.result) as Shown).data }];
}

interface Answer {
  readonly model: LanguageModel;
  readonly response: ModelResponse | ModelOutputError;
}

interface Asking {
  readonly run: TurnRun;
  readonly asker: AnswerSource;
}

/** The first model that answers, in order of preference; the first model's error when none does. */
async function askInTurn(
  models: readonly LanguageModel[],
  request: Omit<ModelRequest, 'signal'>,
  asking: Asking,
): Promise<Answer> {
  let firstError: unknown;
  for (const model of models) {
    const asked = await attempt(() => ask(model, request, asking));
    if (asked.ok) return { model, response: asked.value };
    if (!isModelTrouble(asked.error)) throw asked.error;
    firstError ??= asked.error;
  }
  throw firstError;
}

async function ask(
  model: LanguageModel,
  request: Omit<ModelRequest, 'signal'>,
  { run, asker }: Asking,
): Promise<ModelResponse | ModelOutputError> {
  const limitMs = run.facts.deadline.getTime() - run.clock.now().getTime();
  const ends = AbortSignal.any([run.signal, run.interrupt]);
  const { onDelta, end } = listenTo(run.answers, asker, run.log);
  const asked = await attempt(() =>
    withTimeLimit({ clock: run.clock, limitMs, signal: ends }, (signal) =>
      model.respond({ ...request, signal, ...(onDelta && { onDelta }) }),
    ),
  );
  end();
  if (asked.ok) {
    run.meter.modelAsked(model.name, 'ok', asked.value.usage);
    return asked.value;
  }
  if (asked.error instanceof ModelOutputError) {
    run.meter.modelAsked(model.name, 'invalid');
    return asked.error;
  }
  if (isModelTrouble(asked.error)) {
    run.meter.modelAsked(model.name, asked.error instanceof RetryableError ? 'retryable' : 'terminal');
  }
  throw asked.error;
}

function isModelTrouble(error: unknown): boolean {
  return error instanceof RetryableError || error instanceof TerminalError;
}

function decisionFrom(
  source: Pick<Decision, 'frame' | 'agent' | 'model'>,
  response: ModelResponse | ModelOutputError,
  { offer, maxCalls }: { offer: Offer; maxCalls: number },
): Decision {
  if (response instanceof ModelOutputError) {
    const usage = { inputTokens: 0, outputTokens: 0 };
    return { ...source, finish: 'invalid', text: '', usage, rejected: reasonText(response.message), calls: [] };
  }
  const validated = validateAnswer(response, offer, maxCalls);
  const { inputTokens, outputTokens } = response.usage;
  const said = {
    finish: response.finish,
    text: cut(response.text, journalLimits.textCharacters),
    usage: { inputTokens, outputTokens },
  };
  if (validated.ok) return { ...source, ...said, calls: validated.calls };
  return { ...source, ...said, rejected: reasonText(validated.rejected), calls: [] };
}

function reasonText(text: string): string {
  return cut(text, journalLimits.messageCharacters);
}

/** The decision in its place in the journal: its ids and effect keys follow from there, not from the model. */
export function stepFrom(decision: Decision, index: number, { facts, now }: { facts: TurnFacts; now: Date }): Step {
  const { calls, ...rest } = decision;
  // To the millisecond: two processes that decide the same step are told apart by it.
  const step: Step = { index, decidedAt: now.toISOString(), ...rest };
  if (calls.length === 0) return step;
  return { ...step, calls: calls.map((call, position) => placed(call, { step: index, position, facts })) };
}

function placed(call: DecidedCall, at: { step: number; position: number; facts: TurnFacts }): Call {
  const { effectSeed, name } = at.facts;
  return {
    id: `${at.step}.${at.position}`,
    tool: call.tool,
    arguments: call.arguments,
    argumentsDigest: `sha256:${sha256Hex(call.arguments)}`,
    effect: call.effect,
    effectKey: sha256Base32(`${effectSeed}\n${name}\n${at.step}\n${at.position}`, 26),
  };
}
