import { z } from 'zod';
import type { TektonEvent, TektonPod } from './tekton-objects.ts';

const text = z.string().default('');

const container = z
  .object({
    name: z.string(),
    state: z
      .object({
        waiting: z.object({ reason: text, message: text }).optional(),
        terminated: z.object({ exitCode: z.int().default(0), reason: text, message: text }).optional(),
      })
      .prefault({}),
  })
  .transform(({ name, state }) => ({ name, ...state }));

const pod = z
  .object({
    metadata: z.object({ name: z.string() }),
    status: z
      .object({
        phase: text,
        reason: text,
        message: text,
        conditions: z
          .array(z.object({ type: z.string(), status: z.string(), reason: text, message: text }))
          .default([]),
        initContainerStatuses: z.array(container).default([]),
        containerStatuses: z.array(container).default([]),
      })
      .prefault({}),
  })
  .transform(({ metadata, status }): TektonPod => ({
    name: metadata.name,
    phase: status.phase,
    reason: status.reason,
    message: status.message,
    conditions: status.conditions,
    containers: [...status.initContainerStatuses, ...status.containerStatuses],
  }));

/** Reads a Pod. */
export function parsePod(object: unknown): TektonPod {
  return pod.parse(object);
}

const moment = z.string().nullish();

const event = z
  .object({
    metadata: z.object({ creationTimestamp: text }),
    involvedObject: z.object({ kind: text, name: text }).prefault({}),
    type: text,
    reason: text,
    message: text,
    count: z.int().nullish(),
    eventTime: moment,
    lastTimestamp: moment,
    series: z.object({ count: z.int(), lastObservedTime: moment }).nullish(),
  })
  .transform(({ involvedObject, type, reason, message, ...seen }): TektonEvent => ({
    objectKind: involvedObject.kind,
    objectName: involvedObject.name,
    type,
    reason,
    message,
    at: lastSeen(seen.series?.lastObservedTime, seen.lastTimestamp, seen.eventTime) ?? seen.metadata.creationTimestamp,
    count: seen.series?.count ?? seen.count ?? 1,
  }));

/** Reads an Event (v1), written by new or old clients. */
export function parseEvent(object: unknown): TektonEvent {
  return event.parse(object);
}

function lastSeen(...moments: readonly (string | null | undefined)[]): string | undefined {
  return moments.find((entry) => typeof entry === 'string') ?? undefined;
}
