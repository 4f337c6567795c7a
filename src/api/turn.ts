import { z } from 'zod';
import { author, citation, conditions, objectName, pipelineRun, sizeLimits, usage } from './common.ts';
import type { Resource } from './resource.ts';
import { liveAnswer, turnStream } from './turn-stream.ts';
import { atomicList, boundedMap, cel, final, mapList, observedGeneration, timestamp } from './schema.ts';

export const turnSpec = z
  .object({
    owner: z
      .object({
        kind: z.enum(['Conversation', 'Intent']).describe('Kind of the owner.'),
        name: objectName('Name of the owner, in the same namespace.'),
        uid: z.string().max(64).describe('UID of the owner: a re-created owner of the same name is another one.'),
      })
      .describe('The Conversation or Intent this turn belongs to.'),
    text: z.string().min(1).max(sizeLimits.textCharacters).describe('What was asked, in plain words.'),
    parameters: z
      .record(z.string(), z.string().max(4096))
      .optional()
      .meta(boundedMap(32))
      .describe('Facts that the agents must use as they are (an Intent sets them).'),
    index: z
      .int()
      .min(0)
      .max(100_000)
      .default(0)
      .describe('Position among the owner’s messages, or the generation of an Intent.'),
    author: author.optional(),
    streamKeySHA256: z
      .string()
      .max(64)
      .optional()
      .describe('Hash of the key that may read the token stream; set by the client.'),
    cancel: z.boolean().default(false).describe('Set to true to stop the turn; it cannot be taken back.'),
  })
  .meta(
    cel(
      final(
        ['owner', 'text', 'index'],
        ['parameters', 'author', 'streamKeySHA256'],
        'a Turn never changes but for cancel; create another one',
      ),
      { rule: 'self.cancel || !oldSelf.cancel', message: 'cancel cannot be taken back' },
    ),
  );
export type TurnSpec = z.output<typeof turnSpec>;

export const callOutcome = z.object({
  state: z
    .enum([
      'Waiting',
      'AwaitingApproval',
      'Started',
      'Succeeded',
      'Failed',
      'Denied',
      'Expired',
      'Cancelled',
      'Ambiguous',
    ])
    .describe('Waiting, AwaitingApproval and Started may still change; all others are final.'),
  summary: z.string().max(2048).describe('One sentence about what came of it.'),
  result: z
    .string()
    .max(sizeLimits.resultCharacters)
    .optional()
    .describe('JSON that the model saw, cut to 8,192 characters with a note of what was cut.'),
  resultDigest: z.string().max(80).optional().describe('sha256 of the whole result before it was cut.'),
  error: z
    .object({
      code: z.string().max(64).describe('PascalCase word, for example NotFound.'),
      message: z.string().max(1024).describe('What was wrong, with field and value.'),
      hint: z.string().max(1024).optional().describe('What would help.'),
    })
    .optional()
    .describe('Why it did not succeed.'),
  tainted: z.boolean().optional().describe('True when text of strangers (logs, objects, documents) came in with it.'),
  deadline: timestamp().optional().describe('Until when the call waits.'),
  waitingFor: z
    .object({
      backend: z.enum(['tekton', 'kfp']).describe('Backend of the run.'),
      name: z.string().max(253).describe('Name of the run.'),
    })
    .optional()
    .describe('The run the call waits for.'),
  approval: z.string().max(253).optional().describe('Name of the Approval that decided.'),
  finishedAt: timestamp().optional().describe('When it became final.'),
});
export type CallOutcome = z.output<typeof callOutcome>;

export const call = z
  .object({
    id: z.string().max(16).describe('Position of the call: step and number, for example 2.0.'),
    tool: z.string().max(64).describe('Tool that was asked for.'),
    arguments: z.string().max(16_384).describe('Arguments as canonical JSON.'),
    argumentsDigest: z.string().max(80).describe('sha256 of the canonical arguments; approvals are bound to it.'),
    effect: z
      .enum(['pure', 'named', 'keyed', 'external', 'wait', 'delegate'])
      .describe('What a repeat after a crash may do; see docs/architecture.md.'),
    effectKey: z
      .string()
      .max(32)
      .describe('Key that follows from the position of the decision; named effects are called swarm-<effectKey>.'),
    outcome: callOutcome.optional().describe('What came of it; absent until it was tried.'),
  })
  .meta(
    cel(
      final(['tool', 'arguments', 'argumentsDigest', 'effect', 'effectKey'], [], 'a recorded call never changes'),
      { rule: '!has(oldSelf.outcome) || has(self.outcome)', message: 'a recorded outcome is never taken away' },
      {
        rule: "!has(oldSelf.outcome) || oldSelf.outcome.state in ['Waiting', 'AwaitingApproval', 'Started'] || (has(self.outcome) && self.outcome == oldSelf.outcome)",
        message: 'a final outcome never changes',
      },
    ),
  );
export type Call = z.output<typeof call>;

export const step = z
  .object({
    index: z.int().min(0).max(15).describe('Position in the journal.'),
    frame: z
      .string()
      .max(16)
      .describe('Call that opened the frame this decision belongs to; empty for the first agent.'),
    agent: z.string().max(63).describe('Agent that decided.'),
    model: z.string().max(128).describe('Model that answered.'),
    decidedAt: timestamp().describe('When the decision was recorded.'),
    finish: z.string().max(32).describe('Why the model stopped: stop, tool-calls, length, …'),
    text: z.string().max(sizeLimits.replyCharacters).describe('What the model said.'),
    rejected: z.string().max(1024).optional().describe('Why the answer was not usable; the model was told so.'),
    usage: z
      .object({
        inputTokens: z.int().min(0).max(1e9).describe('Tokens sent.'),
        outputTokens: z.int().min(0).max(1e9).describe('Tokens received.'),
      })
      .describe('Cost of this decision.'),
    calls: z
      .array(call)
      .max(16)
      .optional()
      .meta({
        ...mapList('id'),
        ...cel({
          rule: 'self.size() == oldSelf.size() && oldSelf.all(old, self.exists(call, call.id == old.id))',
          message: 'a recorded decision keeps its calls: none is added, none removed',
        }),
      })
      .describe('Tool calls the model decided on.'),
  })
  .meta(
    cel(
      final(
        ['frame', 'agent', 'model', 'decidedAt', 'finish', 'text', 'usage'],
        ['rejected'],
        'a recorded decision never changes',
      ),
      {
        rule: 'has(self.calls) == has(oldSelf.calls)',
        message: 'a recorded decision keeps its calls: none is added, none removed',
      },
    ),
  );
export type Step = z.output<typeof step>;

export const pendingApproval = z.object({
  callId: z.string().max(16).describe('Call that waits.'),
  agent: z.string().max(63).describe('Agent that asks.'),
  tool: z.string().max(64).describe('Tool it wants to call.'),
  arguments: z.string().max(4096).describe('Arguments as canonical JSON, cut to 4,096 characters.'),
  argumentsDigest: z.string().max(80).describe('Digest to copy into the Approval.'),
  reason: z.string().max(64).describe('Why it asks: Writes, OnRisk, PolicyRule, Destructive, …'),
  summary: z
    .string()
    .max(1024)
    .optional()
    .describe('What the call would come to, for example what is lost or when a schedule fires next.'),
  expiresAt: timestamp().describe('When the question lapses.'),
  manifest: z.string().max(4096).describe('An Approval, ready for kubectl apply -f -.'),
});
export type PendingApproval = z.output<typeof pendingApproval>;

const shownOnOwner = 512;

/** What a Turn waits for, as its Conversation or Intent shows it: all that an Approval needs. */
export const ownersPendingApproval = pendingApproval.omit({ manifest: true }).extend({
  turn: z
    .object({
      name: objectName('Name of the Turn, in the same namespace.'),
      uid: z.string().max(64).describe('UID of the Turn, to copy into the Approval.'),
    })
    .describe('The Turn whose call waits.'),
  arguments: z.string().max(shownOnOwner).describe('Arguments as canonical JSON, cut to 512 characters.'),
  summary: z
    .string()
    .max(shownOnOwner)
    .optional()
    .describe('What the call would come to, cut to 512 characters; the Turn has all of it.'),
});
export type OwnersPendingApproval = z.output<typeof ownersPendingApproval>;

export const ownersPendingApprovals = z
  .array(ownersPendingApproval)
  .max(4)
  .optional()
  .meta(mapList('callId'))
  .describe('Calls of the Turn at work that wait for a person, at most four; absent when none does.');

export const turnPhase = z
  .enum(['Pending', 'Queued', 'Thinking', 'Waiting', 'AwaitingApproval', 'Succeeded', 'Failed', 'Cancelled'])
  .describe('Derived, for people and for field selectors; programs read conditions.');
export type TurnPhase = z.output<typeof turnPhase>;

export const turnStatus = z
  .object({
    observedGeneration,
    phase: turnPhase.optional(),
    epoch: z
      .int()
      .min(0)
      .max(9_007_199_254_740_991)
      .optional()
      .describe('Fencing number of the leader that wrote last; it never falls.'),
    startedAt: timestamp().optional().describe('When the operator first took it up.'),
    finishedAt: timestamp().optional().describe('When it ended.'),
    steps: z
      .array(step)
      .max(16)
      .optional()
      .meta({
        ...mapList('index'),
        ...cel(
          {
            rule: 'oldSelf.all(old, self.exists(step, step.index == old.index))',
            message: 'the journal is append-only: a recorded step is never removed',
          },
          { rule: 'self.all(step, step.index < self.size())', message: 'steps are numbered 0, 1, 2, … without a gap' },
        ),
      })
      .describe('The journal: every model decision and what came of its calls. Append-only.'),
    pendingApprovals: z
      .array(pendingApproval)
      .max(16)
      .optional()
      .meta(mapList('callId'))
      .describe('Calls that wait for a person.'),
    pipelineRuns: z
      .array(pipelineRun)
      .max(16)
      .optional()
      .meta(mapList('backend', 'name'))
      .describe('Runs this turn started.'),
    reply: z.string().max(sizeLimits.replyCharacters).optional().describe('The answer.'),
    replyTruncated: z.boolean().optional().describe('True when the answer was cut to fit.'),
    citations: z.array(citation).max(32).optional().meta(atomicList()).describe('Sources of the answer.'),
    usage: usage.optional(),
    tainted: z.boolean().optional().describe('True when text of strangers came in during this turn.'),
    stream: turnStream
      .optional()
      .describe('Where the events of this turn can be read as they happen; only for turns with a stream key.'),
    live: liveAnswer
      .optional()
      .describe('The answer in the making, twice a second while nobody reads the stream of a turn that has a key.'),
    conditions,
  })
  .meta(
    cel(
      {
        rule: '!has(oldSelf.epoch) || (has(self.epoch) && self.epoch >= oldSelf.epoch)',
        message: 'the epoch never falls: the writer is not the leader any more',
      },
      {
        rule: '!has(oldSelf.steps) || has(self.steps)',
        message: 'the journal is append-only: a recorded step is never removed',
      },
      {
        rule: '!has(oldSelf.finishedAt) || (has(self.finishedAt) && self.finishedAt == oldSelf.finishedAt)',
        message: 'a finished Turn stays finished',
      },
    ),
  );
export type TurnStatus = z.output<typeof turnStatus>;

export type Turn = Resource<TurnSpec, TurnStatus>;
