import { type Gate, pass } from './gate.ts';

/** The tool is offered to this very agent at this depth: hiding it from the model's list alone would not do. */
export const toolOfferedGate: Gate = ({ call, step, offer }) =>
  offer.tools.has(call.tool)
    ? pass
    : {
        kind: 'refuse',
        reason: 'ToolNotOffered',
        message: `${call.tool} is not offered to the agent ${step.agent} in this namespace.`,
      };
