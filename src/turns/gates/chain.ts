import { approvalGate } from './approval.ts';
import { type Gate, type GateInput, pass, type Verdict } from './gate.ts';
import { limitsGate } from './limits.ts';
import { policyGate } from './policy.ts';
import { schemaGate } from './schema.ts';
import { toolOfferedGate } from './tool-offered.ts';

/** In this order; the first that does not pass decides. A new gate is a new file and an entry here. */
export const gates: readonly Gate[] = [schemaGate, toolOfferedGate, policyGate, limitsGate, approvalGate];

export function judgeCall(input: GateInput): Verdict {
  for (const gate of gates) {
    const verdict = gate(input);
    if (verdict.kind !== 'pass') return verdict;
  }
  return pass;
}
