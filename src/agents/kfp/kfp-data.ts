import { z } from 'zod';
import { runState } from '../argument.ts';

/** Data that several tools of this agent return. Times are RFC 3339. */

const time = z.string();

export const nextPage = { total: z.int(), nextPageToken: z.string().optional() };

export const pipelineSummary = z.object({
  name: z.string(),
  id: z.string(),
  description: z.string().optional(),
  newestVersion: z.string().optional(),
  createdAt: time,
});

export const parameter = z.object({
  name: z.string(),
  type: z.string(),
  required: z.boolean(),
  default: z.string().optional(),
  description: z.string().optional(),
});

export const versionSummary = z.object({ name: z.string(), id: z.string(), createdAt: time });

export const experimentSummary = z.object({
  name: z.string(),
  id: z.string(),
  description: z.string().optional(),
  createdAt: time,
});

export const runSummary = z.object({
  name: z.string(),
  id: z.string(),
  pipeline: z.string(),
  version: z.string().optional(),
  experiment: z.string().optional(),
  state: runState,
  createdAt: time,
  finishedAt: time.optional(),
  url: z.string().optional(),
});

export const taskSummary = z.object({
  name: z.string(),
  state: z.string(),
  startedAt: time.optional(),
  finishedAt: time.optional(),
  durationSeconds: z.number().optional(),
  cached: z.boolean(),
  after: z.array(z.string()),
});

export const scheduleSummary = z.object({
  name: z.string(),
  id: z.string(),
  pipeline: z.string(),
  cron: z.string(),
  enabled: z.boolean(),
  nextTimes: z.array(time),
  parameters: z.record(z.string(), z.string()),
});
