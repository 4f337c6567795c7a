import { type TaskScript } from './task-script.ts';
import { type Node, type Workflow } from './workflow.ts';

/** A pod that has ended, with what is to be left behind of it. */
export interface EndedPod {
  readonly workflow: Workflow;
  readonly node: Node;
  readonly task: string;
  readonly script: TaskScript;
  readonly succeeded: boolean;
}
