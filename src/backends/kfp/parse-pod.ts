import { z } from 'zod';
import type { KfpContainer, KfpEvent, KfpPod } from './kfp-facts.ts';
import { placeOf } from './node-path.ts';
import { text } from './wire.ts';

const terminated = z.object({ exitCode: z.int().default(0), reason: text, message: text });

const container = z.object({
  name: z.string(),
  image: text,
  restartCount: z.int().default(0),
  state: z
    .object({ waiting: z.object({ reason: text, message: text }).optional(), terminated: terminated.optional() })
    .prefault({}),
  lastState: z.object({ terminated: terminated.optional() }).prefault({}),
});

const pod = z.object({
  metadata: z.object({
    name: z.string(),
    creationTimestamp: text,
    annotations: z.record(z.string(), z.string()).default({}),
  }),
  status: z
    .object({
      phase: text,
      reason: text,
      message: text,
      conditions: z.array(z.object({ type: z.string(), status: z.string(), reason: text, message: text })).default([]),
      initContainerStatuses: z.array(container).default([]),
      containerStatuses: z.array(container).default([]),
    })
    .prefault({}),
});

/** Argo writes the path of the node on its pod; the template follows from the pod's name. */
export function parsePod(object: unknown): KfpPod {
  const { metadata, status } = pod.parse(object);
  const template = /system-(?:container|dag)-(?:driver|impl)/.exec(metadata.name)?.[0] ?? '';
  const { task, role } = placeOf(metadata.annotations['workflows.argoproj.io/node-name'] ?? '', template);
  return {
    name: metadata.name,
    task,
    role,
    phase: status.phase,
    reason: status.reason,
    message: status.message,
    createdAt: metadata.creationTimestamp,
    conditions: status.conditions,
    containers: [
      ...status.initContainerStatuses.map((each) => containerOf(each, true)),
      ...status.containerStatuses.map((each) => containerOf(each, false)),
    ],
  };
}

function containerOf(wire: z.output<typeof container>, isInit: boolean): KfpContainer {
  return {
    name: wire.name,
    isInit,
    image: wire.image,
    restartCount: wire.restartCount,
    waiting: wire.state.waiting,
    terminated: wire.state.terminated,
    lastTerminated: wire.lastState.terminated,
  };
}

const moment = z.string().nullish();

const event = z.object({
  metadata: z.object({ creationTimestamp: text }),
  involvedObject: z.object({ kind: text, name: text }).prefault({}),
  type: text,
  reason: text,
  message: text,
  count: z.int().nullish(),
  eventTime: moment,
  lastTimestamp: moment,
  series: z.object({ count: z.int(), lastObservedTime: moment }).nullish(),
});

/** Reads an Event (v1), written by new or old clients. */
export function parseEvent(object: unknown): KfpEvent {
  const { involvedObject, metadata, series, lastTimestamp, eventTime, count, ...said } = event.parse(object);
  return {
    objectKind: involvedObject.kind,
    objectName: involvedObject.name,
    ...said,
    at: series?.lastObservedTime ?? lastTimestamp ?? eventTime ?? metadata.creationTimestamp,
    count: series?.count ?? count ?? 1,
  };
}
