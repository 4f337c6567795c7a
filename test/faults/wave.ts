import { type ScriptedConversation } from './messages.ts';
import { type Script, type ScriptedCall } from './script.ts';

type Steps = readonly (readonly ScriptedCall[])[];

interface Shape {
  readonly agent: ScriptedConversation['agent'];
  readonly steps: Steps;
  readonly approval?: 'Writes';
}

const named = { tool: 'create_named' };
/** The agent that acts on the World stands in for the one of this name. */
const world = (...steps: Steps): ScriptedCall => ({ ask: 'minio', steps });
const tekton = (...steps: Steps): ScriptedCall => ({ ask: 'tekton', steps });

const run = { tool: 'run_pipeline' };
const put = { tool: 'put_object' };
const kfp = (...steps: Steps): ScriptedCall => ({ ask: 'kfp', steps });
const minio = (...steps: Steps): ScriptedCall => ({ ask: 'minio', steps });

const mixed: readonly Shape[] = [
  { agent: 'minio', steps: [[named], [named]] },
  { agent: 'minio', steps: [[named, { tool: 'start_keyed' }, { tool: 'read' }], [named]] },
  { agent: 'supervisor', steps: [[tekton([{ tool: 'run_pipeline' }])], [{ tool: 'wait_for_run' }]] },
  { agent: 'supervisor', steps: [[world([named]), world([{ tool: 'read' }], [named])]] },
];

/** The same with real agents. */
const backends: readonly Shape[] = [
  { agent: 'kfp', steps: [[run], [{ tool: 'create_schedule' }]] },
  { agent: 'minio', steps: [[put, put], [put]] },
  { agent: 'supervisor', steps: [[kfp([run])], [{ tool: 'wait_for_run' }]] },
  { agent: 'supervisor', steps: [[kfp([run, run]), minio([put])], [minio([put])]] },
];

/** What takes part in a wave: shapes in turn, so that each boundary is met by everything that can meet it. */
const shapes = {
  mixed,
  external: [{ agent: 'minio', steps: [[{ tool: 'send_plain' }], [{ tool: 'send_plain' }, named]] }],
  approved: [
    { agent: 'minio', steps: [[named], [named]], approval: 'Writes' },
    { agent: 'supervisor', steps: [[tekton([{ tool: 'run_pipeline' }])], [world([named])]], approval: 'Writes' },
  ],
  backends,
  'approved-backends': [
    { agent: 'kfp', steps: [[run]], approval: 'Writes' },
    { agent: 'minio', steps: [[put], [put]], approval: 'Writes' },
  ],
  'kubeflow-runs': [{ agent: 'kfp', steps: [[run, run]] }],
  'kubeflow-schedules': [{ agent: 'kfp', steps: [[{ tool: 'create_schedule' }]] }],
} as const satisfies Record<string, readonly Shape[]>;
export type WaveKind = keyof typeof shapes;

export const waveSize = 12;

/** Conversations that start together; every third has a second message. */
export function wave(kind: WaveKind, number: number, size = waveSize): readonly ScriptedConversation[] {
  return Array.from({ length: size }, (_, index) => {
    const ofKind: readonly Shape[] = shapes[kind];
    const shape = ofKind[index % ofKind.length] ?? mixed[0];
    if (shape === undefined) throw new Error('a wave needs a shape');
    const name = `${kind}-${number}-${index}`;
    const items = index % 3 === 0 ? [`${name}-a`, `${name}-b`] : [`${name}-a`];
    const scripts = items.map((item): Script => ({ item, steps: shape.steps }));
    return { name, agent: shape.agent, scripts, approval: shape.approval ?? 'Never' };
  });
}
