import { z } from 'zod';
import { author, conditions, limits, objectName, pipelineRun, sizeLimits } from './common.ts';
import { agentName, configRef } from './conversation.ts';
import { duration } from './duration.ts';
import { defaultServiceAccountName } from './names.ts';
import type { Resource } from './resource.ts';
import { atomicList, boundedMap, mapList, observedGeneration, timestamp } from './schema.ts';
import { ownersPendingApprovals } from './turn.ts';

export const expectation = z.object({
  metric: z.string().min(1).max(128).describe('Name of a result that a run of this intent reports.'),
  operator: z.enum(['>=', '>', '<=', '<', '==', '!=']).describe('How the result is compared with the value.'),
  value: z.string().min(1).max(64).describe('Number (or, for == and !=, text) to compare with, as a string: "0.90".'),
});
export type Expectation = z.output<typeof expectation>;

export const intentSpec = z.object({
  request: z.string().min(1).max(sizeLimits.textCharacters).describe('What should come about, in plain words.'),
  parameters: z
    .record(z.string(), z.string().max(4096))
    .optional()
    .meta(boundedMap(32))
    .describe('Facts that the agents must use as they are.'),
  approval: z
    .enum(['Required', 'OnRisk', 'Never'])
    .default('OnRisk')
    .describe(
      'Required asks before every change, OnRisk before deletions and what cannot be repeated safely, Never asks only where a rule of the SwarmConfig demands it.',
    ),
  expect: z
    .array(expectation)
    .max(32)
    .optional()
    .meta(atomicList())
    .describe('Acceptance: the intent fails when a run misses one of these.'),
  timeout: duration().default('2h').describe('How long it may take in all, for example 2h; after that it is Expired.'),
  reuseWithin: duration()
    .optional()
    .describe('Same name and spec again within this time, deleted and re-created too: same outcome, nothing runs.'),
  ttlSecondsAfterFinished: z
    .int()
    .min(0)
    .max(31_536_000)
    .optional()
    .describe('Deletes the finished intent after so many seconds.'),
  configRef: configRef.optional(),
  agent: agentName,
  serviceAccountName: objectName('ServiceAccount of this namespace whose rights the agents act with, at most.').default(
    defaultServiceAccountName,
  ),
  limits,
  suspend: z.boolean().default(false).describe('While true, nothing new is begun.'),
  cancel: z
    .boolean()
    .default(false)
    .describe('Set to true to stop it and the runs it started; it then ends as Failed, with reason Cancelled.'),
  attempt: z
    .int()
    .min(1)
    .max(1_000_000)
    .default(1)
    .describe('Raise it to have the same request carried out once more, whatever came of it before.'),
  deletionPolicy: z
    .enum(['Cancel', 'Orphan'])
    .default('Cancel')
    .describe('What happens to runs still going when the intent is deleted.'),
  author: author.optional(),
});
export type IntentSpec = z.output<typeof intentSpec>;

export const intentPhase = z
  .enum(['Planning', 'AwaitingApproval', 'Running', 'Succeeded', 'Failed', 'Denied', 'Expired', 'Suspended'])
  .describe('Derived, for people and for field selectors; programs read conditions.');
export type IntentPhase = z.output<typeof intentPhase>;

export const intentStatus = z.object({
  observedGeneration,
  phase: intentPhase.optional(),
  turn: z.string().max(253).optional().describe('Turn that carries this generation.'),
  startedAt: timestamp().optional().describe('When this generation was taken up.'),
  finishedAt: timestamp().optional().describe('When it ended.'),
  plan: z
    .array(
      z.object({
        callId: z.string().max(16).describe('Call in the journal of the turn.'),
        tool: z.string().max(128).describe('Agent and tool, for example tekton/run_pipeline.'),
        summary: z.string().max(512).describe('Arguments or outcome in one line.'),
        state: z.string().max(32).describe('State of the call.'),
      }),
    )
    .max(32)
    .optional()
    .meta(mapList('callId'))
    .describe('What it does, change by change.'),
  pendingApprovals: ownersPendingApprovals,
  pipelineRuns: z.array(pipelineRun).max(32).optional().meta(mapList('backend', 'name')).describe('Runs it started.'),
  reply: z.string().max(sizeLimits.replyCharacters).optional().describe('What came of it, in plain words.'),
  metrics: z
    .record(z.string(), z.string().max(1024))
    .optional()
    .meta(boundedMap(64))
    .describe('Results of its runs, by name.'),
  expectations: z
    .array(
      z.object({
        metric: z.string().max(128).describe('Name of the result.'),
        want: z.string().max(80).describe('What was expected, for example >= 0.90.'),
        got: z.string().max(1024).optional().describe('What the run reported; absent if it did not.'),
        met: z.boolean().describe('Whether it holds.'),
      }),
    )
    .max(32)
    .optional()
    .meta(mapList('metric', 'want'))
    .describe('Each expectation and whether it holds.'),
  conditions,
});
export type IntentStatus = z.output<typeof intentStatus>;

export type Intent = Resource<IntentSpec, IntentStatus>;
