import { recordExecution } from '../artifacts/execution-record.ts';
import { type World } from '../world.ts';
import { type PodReport, type Pods } from './argo-operation.ts';
import { type EndedPod } from './ended-pod.ts';
import { retriesOf } from './retried-workflow.ts';
import { containerEnds, pendingMessages, quotaMessage, scriptOf, type TaskScript } from './task-script.ts';
import { type Node, type NodeOutputs, type Parameter, podNameOf, type Workflow } from './workflow.ts';

/** Pods that do what scripts say instead of running containers. */
export class ScriptedPods {
  readonly #world: World;
  /** Workflow UID and node id to the moment of birth, which the node knows only to the second. */
  readonly #bornMs = new Map<string, number>();

  constructor(world: World) {
    this.#world = world;
  }

  of(workflow: Workflow): Pods & { settle(saved: Workflow): Promise<void> } {
    const ended: EndedPod[] = [];
    return {
      create: (node) => this.#create(workflow, node),
      look: (node) => this.#look(workflow, node, ended),
      settle: async (saved) => {
        await this.#world.pods?.sync(saved, (node) => this.#scriptOf(saved, node));
        for (const pod of ended) await this.#leaveBehind(pod);
      },
    };
  }

  #create(workflow: Workflow, node: Node): PodReport {
    this.#bornMs.set(keyOf(workflow, node), this.#nowMs());
    const account = workflow.spec.serviceAccountName ?? 'default';
    const pod = podNameOf(workflow.metadata.name, node);
    const isKnown = this.#world.settings.serviceAccounts.includes(account);
    const { outcome } = this.#scriptOf(workflow, node);
    if (!isKnown || outcome === 'forbidden') {
      const { namespace } = workflow.metadata;
      const missing = `error looking up service account ${namespace}/${account}: serviceaccount "${account}" not found`;
      const cause = isKnown ? 'violates PodSecurity "restricted:latest": runAsNonRoot != true' : missing;
      return { phase: 'Error', message: `pods "${pod}" is forbidden: ${cause}` };
    }
    if (outcome === 'quota') return { phase: 'Pending', message: quotaMessage(pod) };
    const waiting = pendingMessages[outcome ?? 'succeed'];
    return { phase: 'Pending', ...(waiting !== undefined && { message: waiting }) };
  }

  #look(workflow: Workflow, node: Node, ended: EndedPod[]): PodReport {
    const script = this.#scriptOf(workflow, node);
    const end = containerEnds[script.outcome ?? 'succeed'];
    const unchanged = { phase: node.phase, ...(node.message !== undefined && { message: node.message }) };
    if (!end) return script.outcome === 'run-for-ever' ? { phase: 'Running' } : unchanged;
    const bornMs = this.#bornMs.get(keyOf(workflow, node)) ?? Date.parse(node.startedAt);
    const durationMs = script.durationMs ?? 0;
    if (this.#nowMs() < bornMs + durationMs) return { phase: 'Running' };
    const succeeded = end.exitCode === 0;
    const finishedAt = new Date(Math.max(bornMs + durationMs, bornMs)).toISOString().replace(/\.\d+/u, '');
    const pod = { workflow, node, task: taskOf(node), script, succeeded };
    ended.push(pod);
    const outputs = this.#outputsOf(pod, end.exitCode);
    const phase = succeeded ? 'Succeeded' : 'Failed';
    return { phase, finishedAt, outputs, ...(end.message !== '' && { message: end.message }) };
  }

  #outputsOf({ workflow, node, script }: EndedPod, exitCode: number): NodeOutputs {
    const key = logKeyOf(workflow, node);
    const logs = { artifacts: [{ name: 'main-logs', s3: { key } }], exitCode: String(exitCode) };
    const value = driverValues(script);
    const declared = workflow.spec.templates.find(({ name }) => name === node.templateName)?.outputs?.parameters ?? [];
    if (declared.length === 0 || exitCode !== 0) return logs;
    const parameters: Parameter[] = declared.map(({ name, valueFrom }) => ({
      name,
      value: value[name] ?? valueFrom?.default ?? '',
      ...(valueFrom && { valueFrom }),
    }));
    return { ...logs, parameters };
  }

  #scriptOf(workflow: Workflow, node: Node): TaskScript {
    const pipeline = (workflow.metadata.generateName ?? workflow.metadata.name).replace(/-$/u, '');
    const script = scriptOf(this.#world.settings.scripts, {
      pipeline,
      task: taskOf(node),
      retries: retriesOf(workflow),
    });
    if (isExecutor(node)) return script;
    // Of a script, drivers take what they find out; the rest is what the container does.
    const { isCached, condition, iterations } = script;
    return {
      ...(isCached !== undefined && { isCached }),
      ...(condition !== undefined && { condition }),
      ...(iterations !== undefined && { iterations }),
    };
  }

  async #leaveBehind(pod: EndedPod): Promise<void> {
    const { workflow, node, script } = pod;
    const text = script.log ?? `log of ${node.templateName} \n`;
    await this.#world.objects.put(logKeyOf(workflow, node), text);
    await recordExecution(this.#world, pod);
  }

  #nowMs(): number {
    return this.#world.clock.now().getTime();
  }
}

const keyOf = (workflow: Workflow, node: Node) => `${workflow.metadata.uid ?? ''}/${node.id}`;

/** The user's container, or one of KFP's own drivers. */
export const isExecutor = (node: Pick<Node, 'templateName'>): boolean =>
  node.templateName === 'system-container-impl' || !node.templateName.startsWith('system-');

/** The task that a pod works for: `wf(0).root(0).train(0).executor(0)` and `…train-driver(0)` are of `train`. */
export function taskOf(node: Pick<Node, 'name' | 'templateName'>): string {
  const parts = node.name.split('.').map((part) => part.replace(/(?:\(\d+(?::\d+)?\))+$/u, ''));
  const last = parts.at(-1) ?? '';
  if (node.templateName === 'system-container-impl') return parts.at(-2) ?? last;
  // The driver of a loop stands inside it.
  if (last === 'iteration-driver') return parts.at(-2) ?? last;
  return last.replace(/-driver$/u, '');
}

function driverValues(script: TaskScript): Readonly<Record<string, string | undefined>> {
  return {
    'pod-spec-patch': JSON.stringify({ containers: [{ name: 'main', image: 'python:3.11-slim' }] }),
    'cached-decision': String(script.isCached ?? false),
    condition: String(script.condition ?? true),
    'execution-id': '1',
    'iteration-count': String(script.iterations ?? 0),
  };
}

function logKeyOf(workflow: Workflow, node: Node): string {
  const { namespace, name, creationTimestamp = '' } = workflow.metadata;
  const day = creationTimestamp.slice(0, 10).replaceAll('-', '/');
  return `private-artifacts/${namespace}/${name}/${day}/${podNameOf(name, node)}/main.log`;
}
