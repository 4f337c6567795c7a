import { type Gate, pass } from './gate.ts';

/** Bounds of one decision, judged again when it is carried out: they may have been lowered since. */
export const limitsGate: Gate = ({ call, step, facts }) => {
  const allowed = facts.limits.maxParallelCalls;
  const position = step.calls?.findIndex(({ id }) => id === call.id) ?? 0;
  if (position < allowed) return pass;
  const message = `One decision may ask for ${allowed} calls; this was number ${position + 1}.`;
  return { kind: 'refuse', reason: 'TooManyCalls', message, hint: 'Ask for the others in the next step.' };
};
