import { z } from 'zod';

/**
 * What a turn of the fault suite is to do, written as JSON into its text: each step is one decision of the model with
 * its calls in parallel; `ask` hands a script of its own to another agent.
 */
export interface Script {
  /** Names the slots of this script's effects: `<item>.<step>.<call>`. */
  readonly item: string;
  readonly steps: readonly (readonly ScriptedCall[])[];
}

export type ScriptedCall =
  { readonly tool: string } | { readonly ask: string; readonly steps: readonly (readonly ScriptedCall[])[] };

const calls: z.ZodType<readonly (readonly ScriptedCall[])[]> = z.lazy(() =>
  z.array(z.array(z.union([z.object({ ask: z.string(), steps: calls }), z.object({ tool: z.string() })]))),
);
const schema = z.object({ item: z.string(), steps: calls });

export function parseScript(text: string): Script {
  return schema.parse(JSON.parse(text));
}

export function slotOf(item: string, step: number, call: number): string {
  return `${item}.${step}.${call}`;
}

export interface ExpectedEffect {
  readonly slot: string;
  readonly tool: string;
}

/** Every tool call that a finished turn of this script has made, those of other agents too. */
export function effectsOf(script: Script): readonly ExpectedEffect[] {
  return script.steps.flatMap((step, stepIndex) =>
    step.flatMap((call, callIndex): readonly ExpectedEffect[] => {
      const slot = slotOf(script.item, stepIndex, callIndex);
      return 'ask' in call ? effectsOf({ item: slot, steps: call.steps }) : [{ slot, tool: call.tool }];
    }),
  );
}
