import { z } from 'zod';
import type { RunView, TaskView } from './run-tree.ts';

const times = {
  startedAt: z.string().optional(),
  finishedAt: z.string().optional(),
  durationSeconds: z.number().optional(),
};
const task = z.object({
  name: z.string(),
  state: z.string(),
  group: z.string().optional(),
  message: z.string().optional(),
  cached: z.boolean().optional(),
  ...times,
  steps: z.array(z.object({ name: z.string(), state: z.string() })).optional(),
});
const getRun = z.object({
  run: z.object({ name: z.string(), pipeline: z.string(), state: z.string(), note: z.string().optional(), ...times }),
  message: z.string().optional(),
  tasks: z.array(task),
});

/** What the agents' get_run returns, as a tree; undefined for other data. */
export function runViewOfGetRun(data: unknown): RunView | undefined {
  const parsed = getRun.safeParse(data);
  if (!parsed.success) return undefined;
  const { run, tasks, message } = parsed.data;
  const groups = new Set(tasks.map(({ name }) => name));
  const isTop = ({ group, name }: Task) => group === undefined || group === name || !groups.has(group);
  return {
    ...run,
    message: run.note ?? (run.state === 'Failed' ? message : undefined),
    tasks: tasks.filter(isTop).map((one) => taskView(one, tasks, 0)),
  };
}

type Task = z.output<typeof task>;

/** Names of groups come from outside and may form a circle. */
const deepest = 8;

function taskView({ steps, cached, ...one }: Task, all: readonly Task[], depth: number): TaskView {
  const children = depth < deepest ? all.filter(({ group, name }) => group === one.name && name !== one.name) : [];
  const inner = [...children.map((child) => taskView(child, all, depth + 1)), ...(steps ?? [])];
  return { ...one, ...(cached !== undefined && { isCached: cached }), ...(inner.length > 0 && { tasks: inner }) };
}
