import { z } from 'zod';
import { boundaries } from '../../src/turns/boundaries.ts';

/** Environment variable that carries the orders to the operator process. */
export const ordersVariable = 'SWARM_FAULT_ORDERS';

/**
 * Arrivals at the boundary are counted over all turns of the process: `skip` of them pass, the next ones are held until
 * `hold` are held or `patienceMs` have passed since the first. Then the process kills itself, or (freeze) goes on.
 */
const ambush = z.object({
  boundary: z.enum(boundaries),
  skip: z.int().min(0),
  hold: z.int().min(1),
  patienceMs: z.int().min(0),
  then: z.enum(['kill', 'go-on']),
});
export type Ambush = z.output<typeof ambush>;

export const mutationNames = ['withoutCompareAndSwap', 'effectBeforeJournal', 'randomEffectKey'] as const;
export type MutationName = (typeof mutationNames)[number];

export const orders = z.object({
  kubeconfig: z.string(),
  /** Absent: the agents are the real ones. */
  worldUrl: z.string().optional(),
  namespace: z.string(),
  /** Waits are so many times shorter. */
  hurry: z.number().min(1).optional(),
  ambush: ambush.optional(),
  mutation: z.enum(mutationNames).optional(),
});
export type Orders = z.output<typeof orders>;

/** Line that the operator process prints for each arrival it holds; the count of these is the count of trials. */
export const heldLine = (boundary: string) => `held at ${boundary}`;
