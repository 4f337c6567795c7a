import { z } from 'zod';
import { duration } from './duration.ts';
import { atomicList, boundedMap, mapList, observedGeneration, timestamp } from './schema.ts';

/** Sizes enforced before every write, in bytes of UTF-8 JSON (docs/architecture.md, "Budgets"). */
export const sizeLimits = {
  conversationBytes: 65_536,
  turnBytes: 262_144,
  textCharacters: 32_768,
  replyCharacters: 16_384,
  resultCharacters: 8_192,
  previewCharacters: 200,
} as const;

export const objectName = (description: string) =>
  z
    .string()
    .min(1)
    .max(253)
    .regex(/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/)
    .describe(description);

/** Who asked, as the writer of the object said; rights come from the run-as ServiceAccount, never from here. */
export const author = z
  .object({
    username: z.string().max(512).describe('User name of the request, for example alice@example.com.'),
    uid: z.string().max(128).optional().describe('User id of the request, if the authenticator gives one.'),
    groups: z
      .array(z.string().max(256))
      .max(128)
      .optional()
      .meta(atomicList())
      .describe('Groups of the request at that moment.'),
    extra: z
      .array(
        z.object({
          key: z.string().max(256).describe('Name of the extra attribute.'),
          values: z.array(z.string().max(1024)).max(32).meta(atomicList()).describe('Its values.'),
        }),
      )
      .max(32)
      .optional()
      .meta(mapList('key'))
      .describe('Extra attributes of the request, for example the scopes of a token; access reviews carry them.'),
  })
  .describe('Who asked, for the record. It gives no rights: the agents act as serviceAccountName.');
export type Author = z.output<typeof author>;

export const condition = z.object({
  type: z.string().max(64).describe('Name of the condition, for example Ready.'),
  status: z.enum(['True', 'False', 'Unknown']).describe('True, False or Unknown.'),
  reason: z
    .string()
    .min(1)
    .max(64)
    .regex(/^[A-Za-z][A-Za-z0-9]*$/)
    .describe('PascalCase word for programs; the list is in docs/reference/conditions.md.'),
  message: z.string().max(1024).describe('One sentence for people: what is so, and what to do about it.'),
  observedGeneration,
  lastTransitionTime: timestamp().describe('When the status last changed.'),
});
export type Condition = z.output<typeof condition>;

export const conditions = z
  .array(condition)
  .max(16)
  .optional()
  .meta(mapList('type'))
  .describe('What is true of this object now, kstatus-clean: Reconciling and Stalled are absent when normal.');

export const usage = z
  .object({
    inputTokens: z.int().min(0).max(1e12).describe('Tokens sent to models.'),
    outputTokens: z.int().min(0).max(1e12).describe('Tokens received from models.'),
    modelCalls: z.int().min(0).max(1e9).describe('Model requests whose answer was recorded.'),
    toolCalls: z.int().min(0).max(1e9).describe('Tool calls with an outcome.'),
  })
  .describe('What this has cost so far.');
export type UsageTotals = z.output<typeof usage>;

export const runState = z
  .enum(['Pending', 'Running', 'Succeeded', 'Failed', 'Cancelled'])
  .describe('State of the run in words that all backends share.');

export const pipelineRun = z.object({
  backend: z.enum(['tekton', 'kfp']).describe('Where it runs.'),
  name: z.string().max(255).describe('Name of the run; for Tekton the name of the PipelineRun.'),
  namespace: z.string().max(63).describe('Namespace of the run.'),
  id: z.string().max(128).describe('Id that the backend gave: the UID for Tekton, the run_id for Kubeflow Pipelines.'),
  pipeline: z.string().max(255).describe('Pipeline it was made from.'),
  turn: z.string().max(253).describe('Turn whose decision started it.'),
  state: runState,
  startedAt: timestamp().optional().describe('When it started.'),
  finishedAt: timestamp().optional().describe('When it ended; absent while it runs.'),
  message: z.string().max(512).optional().describe('What the backend says about the state, cut to 512 characters.'),
  url: z.string().max(1024).optional().describe('Where a person can look at it.'),
  results: z
    .record(z.string(), z.string().max(1024))
    .optional()
    .meta(boundedMap(32))
    .describe('Results the run reported, by name, each cut to 1,024 characters.'),
});
export type PipelineRun = z.output<typeof pipelineRun>;

export const citation = z.object({
  n: z.int().min(1).max(999).describe('Number used in the text, as [n].'),
  title: z.string().max(256).describe('Title of the source.'),
  url: z.string().max(1024).describe('Address of the source.'),
});
export type Citation = z.output<typeof citation>;

export const limits = z
  .object({
    maxSteps: z.int().min(1).max(16).default(16).describe('Model decisions one turn may take, all agents together.'),
    maxTokens: z
      .int()
      .min(1_000)
      .max(10_000_000)
      .default(200_000)
      .describe('Tokens, in and out, that one turn may use.'),
    turnTimeout: duration()
      .default('30m')
      .describe('How long one turn may take, waiting for runs and approvals included, for example 30m or 2h.'),
    maxParallelCalls: z.int().min(1).max(16).default(8).describe('Tool calls one decision may ask for.'),
  })
  .prefault({})
  .describe('Bounds of one turn.');
export type Limits = z.output<typeof limits>;

export const approvalRule = z.object({
  agent: z.string().max(63).default('*').describe('Agent the rule is about; * for all.'),
  tool: z.string().max(63).default('*').describe('Tool the rule is about; * for all.'),
  decision: z
    .enum(['Allow', 'Ask', 'Deny'])
    .describe('Allow runs without asking, Ask asks, Deny refuses. Deny wins over Ask, Ask over Allow.'),
});

export const approvalPolicy = z
  .object({
    default: z
      .enum(['Never', 'OnRisk', 'Writes', 'Always'])
      .default('Writes')
      .describe(
        'When a person is asked if no rule says so: Never; OnRisk for deletions and calls that cannot be repeated safely; Writes for everything that changes something; Always for every tool call.',
      ),
    rules: z.array(approvalRule).max(64).optional().meta(atomicList()).describe('Exceptions by agent and tool.'),
  })
  .prefault({})
  .describe('Which calls wait for a person.');
export type ApprovalPolicy = z.output<typeof approvalPolicy>;
