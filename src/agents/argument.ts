import { z } from 'zod';

/** Arguments that tools of several agents share, so that one thing has one name, one bound and one description. */

/** Names a thing that exists already; `x-inventory` tells planners among which inventory entries to look. */
export const existing = (kind: string, description: string) =>
  z.string().min(1).max(253).describe(description).meta({ 'x-inventory': kind });

export const limit = z.int().min(1).max(100).default(20).describe('How many entries to return, newest first.');

export const pageToken = z
  .string()
  .max(512)
  .optional()
  .describe('The nextPageToken of the answer before, to go on where it ended.');

export const nameContains = z
  .string()
  .min(1)
  .max(128)
  .optional()
  .describe('Only entries whose name contains this text, whatever the case.');

export const namespace = existing('namespace', 'Namespace to look in, when it is not the own one.').optional();

const momentDescription = 'as RFC 3339 time, as date, or as an age such as 24h or 7d';

export const since = z
  .string()
  .min(1)
  .max(40)
  .optional()
  .describe(`Only what was created at or after this moment, given ${momentDescription}.`);

export const until = z
  .string()
  .min(1)
  .max(40)
  .optional()
  .describe(`Only what was created at or before this moment, given ${momentDescription}; a date includes its day.`);

/** `90s`, `30m`, `6h`, `1h30m`, `7d`, `2w`. */
export const durationPattern = /^([0-9]+[smhdw])+$/;

export const duration = (description: string) =>
  z.string().min(2).max(16).regex(durationPattern).describe(`${description}, for example 30m, 6h or 2d.`);

export const runState = z.enum(['Pending', 'Running', 'Succeeded', 'Failed', 'Cancelled']);

export const state = runState.optional().describe('Only runs in this state.');

const scalar = z.union([z.string().max(4096), z.number(), z.boolean()]);

export const parameterValue = z.union([
  scalar,
  z.array(scalar).max(256),
  z.record(z.string().max(128), z.union([scalar, z.array(scalar).max(256)])),
]);

export const params = z
  .record(z.string().min(1).max(128), parameterValue)
  .optional()
  .describe('Values for the declared parameters of the pipeline, by name; those left out keep their defaults.');

export const tailLines = z
  .int()
  .min(1)
  .max(5_000)
  .default(200)
  .describe('How many lines to return, counted from the end of the log.');

export const grep = z
  .string()
  .min(1)
  .max(200)
  .optional()
  .describe('Only lines that contain this text, whatever the case.');

/** Which run a question is about: by its name, or as the newest one of a pipeline. */
export const runQuestion = {
  run: existing('run', 'Run the question is about; leave it out for the newest run of the pipeline.').optional(),
  pipeline: existing('pipeline', 'Pipeline whose newest run is meant, when no run is named.').optional(),
};
