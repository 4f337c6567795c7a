import { z } from 'zod';
import { duration } from '../../argument.ts';
import { durationMs } from '../../moment.ts';
import { defineTool, type ToolContext } from '../../tool.ts';

const longestWaitMs = 24 * 3_600_000;

export const waitUntil = defineTool({
  name: 'wait_until',
  description: 'Wait until a moment has come, or for some time, at most 24 hours.',
  effect: 'wait',
  input: z
    .strictObject({
      time: z.iso.datetime({ offset: true }).optional().describe('Moment to wait for, as RFC 3339 time.'),
      duration: duration('How long to wait, from now on').optional(),
    })
    .refine(({ time, duration: wait }) => (time === undefined) !== (wait === undefined), {
      message: 'give either time or duration',
    }),
  output: z.object({ time: z.string() }),
  access: [],
  examples: ['Wait ten minutes', 'hold on until 18:00', 'pause for an hour and then go on', 'continue in 90s'],
  display: 'text',
  execute: (input, context) => {
    const until = endOfWait(input, context);
    const data = { time: until.toISOString() };
    if (until.getTime() - context.decidedAt.getTime() > longestWaitMs) {
      return Promise.resolve({
        kind: 'error',
        code: 'InvalidArgument',
        message: `${data.time} is more than 24 hours away.`,
        hint: 'Wait for 24h at most, or ask again later.',
      });
    }
    if (context.clock.now() < until) {
      return Promise.resolve({ kind: 'waiting', summary: `Waiting until ${data.time}.`, until });
    }
    return Promise.resolve({ kind: 'ok', summary: `It is ${data.time} now.`, data });
  },
});

function endOfWait(input: { time?: string | undefined; duration?: string | undefined }, context: ToolContext): Date {
  if (input.time !== undefined) return new Date(input.time);
  return new Date(context.decidedAt.getTime() + (durationMs(input.duration ?? '') ?? 0));
}
