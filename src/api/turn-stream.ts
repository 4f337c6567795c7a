import { z } from 'zod';
import { sizeLimits } from './common.ts';

/** Where the events of a turn can be read as they happen; the way there is the reader's own. */
export const turnStream = z.object({
  pod: z.string().max(253).optional().describe('Pod that works on the turn; absent outside a cluster.'),
  namespace: z.string().max(63).optional().describe('Namespace of that pod.'),
  port: z.int().min(1).max(65_535).optional().describe('Port of the pod.'),
  url: z.string().max(1024).optional().describe('Address that the operator was told to advertise.'),
  certificateSHA256: z
    .string()
    .max(64)
    .describe('Hash of the certificate (DER) that the server shows, in hexadecimal: no other one is the operator’s.'),
});
export type TurnStream = z.output<typeof turnStream>;

/** The end of an answer in the making, for readers that no stream reaches. */
export const liveAnswer = z.object({
  agent: z.string().max(63).describe('Agent that answers.'),
  frame: z.string().max(16).describe('Call that opened the agent’s frame; empty for the first agent.'),
  answer: z.string().max(64).describe('Which request to which model: a new one starts from its beginning.'),
  offset: z.int().min(0).describe('Characters of the answer before this text.'),
  text: z.string().max(sizeLimits.resultCharacters).describe('The answer so far, or its end.'),
});
export type LiveAnswer = z.output<typeof liveAnswer>;
