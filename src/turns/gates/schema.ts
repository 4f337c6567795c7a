import { checkArguments } from '../arguments.ts';
import { type Gate, pass } from './gate.ts';

/** The recorded arguments fit the tool's schema as it is now: it may have changed since the decision. */
export const schemaGate: Gate = ({ call, offer }) => {
  const offered = offer.tools.get(call.tool);
  if (!offered) return pass;
  const checked = checkArguments(offered.input, call.arguments);
  return checked.ok ? pass : { kind: 'refuse', reason: 'SchemaViolation', message: checked.problem };
};
