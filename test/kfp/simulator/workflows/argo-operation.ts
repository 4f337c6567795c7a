import { holds, inputsOf, type Scope, substituted } from './template-values.ts';
import {
  type DagTask,
  isFinished,
  type Node,
  nodeIdOf,
  type NodeOutputs,
  type NodePhase,
  type Parameter,
  type Template,
  type Workflow,
} from './workflow.ts';

/** What became of a pod so far; `finished` ones never change again. */
export interface PodReport {
  readonly phase: NodePhase;
  readonly message?: string;
  readonly finishedAt?: string;
  readonly outputs?: NodeOutputs;
}

/** The world below Argo's controller: pods. */
export interface Pods {
  /** Called once when the node is born. */
  create(node: Node, inputs: readonly Parameter[]): PodReport;
  /** Called each time the controller looks at a pod that it created earlier. */
  look(node: Node): PodReport;
}

interface Call {
  readonly name: string;
  readonly displayName: string;
  readonly template: Template;
  readonly inputs: readonly Parameter[];
  readonly boundaryId: string | undefined;
  readonly isHook?: boolean;
}

interface Dag {
  readonly node: Node;
  readonly tasks: readonly DagTask[];
  readonly scope: Scope;
}

const maxAttempts = 3;
const exceeded = 'Step exceeded its deadline';
const omitted = 'omitted: depends condition not met';

/**
 * One look of Argo's controller at a Workflow: takes over what became of its pods and starts what can start. Node names,
 * ids, types, children and messages are Argo's own, as recorded.
 */
export class ArgoOperation {
  readonly nodes: Record<string, Node>;
  readonly #workflow: Workflow;
  readonly #pods: Pods;
  readonly #now: string;
  readonly #deadline: string | undefined;
  /** What is born in the first look still counts, as recorded of a run that was stopped at once. */
  readonly #isFirstLook: boolean;
  readonly #born = new Set<string>();

  constructor(
    workflow: Workflow,
    surroundings: { readonly pods: Pods; readonly now: string; readonly startedAt: string },
  ) {
    this.#workflow = workflow;
    this.#pods = surroundings.pods;
    this.#now = surroundings.now;
    this.nodes = structuredClone(workflow.status?.nodes ?? {});
    this.#isFirstLook = Object.keys(this.nodes).length === 0;
    const seconds = workflow.spec.activeDeadlineSeconds;
    if (seconds !== undefined) {
      this.#deadline = wholeSeconds(Date.parse(surroundings.startedAt) + seconds * 1000);
    }
  }

  /** @returns the root node */
  run(): Node {
    const { metadata, spec } = this.#workflow;
    const template = this.#template(spec.entrypoint);
    const name = metadata.name;
    return this.#execute({ name, displayName: name, template, inputs: [], boundaryId: undefined });
  }

  #execute(call: Call): Node {
    const node = this.#nodeFor(call, 'Retry');
    while (!isFinished(node.phase)) {
      const attempts = this.#attemptsOf(node);
      const last = attempts.at(-1);
      const isOver = last === undefined || isFinished(last.phase);
      if (last && isOver && !this.#canRetry(attempts)) {
        this.#finishRetry(node, last);
        break;
      }
      const suffix = `(${isOver ? attempts.length : attempts.length - 1})`;
      const names = { name: `${call.name}${suffix}`, displayName: `${call.displayName}${suffix}` };
      const attempt = this.#attempt({ ...call, ...names }, { retried: true });
      adopt(node, attempt);
      if (!isFinished(attempt.phase)) break;
    }
    return node;
  }

  /** The retry strategy is for errors of the system, not for failures of the user's code. */
  #canRetry(attempts: readonly Node[]): boolean {
    return attempts.at(-1)?.phase === 'Error' && attempts.length < maxAttempts && !this.#isDeadlineOver();
  }

  #finishRetry(node: Node, last: Node): void {
    node.phase = last.phase;
    node.finishedAt = this.#now;
    if (last.outputs) node.outputs = last.outputs;
    if (last.phase === 'Error') node.message = 'No more retries left';
    else if (last.phase === 'Failed' && this.#isDeadlineOver()) {
      node.message = `retry exceeded workflow deadline ${goTime(this.#deadline ?? this.#now)}`;
    } else if (last.message !== undefined) node.message = last.message;
  }

  #attempt(call: Call, nodeFlag: NonNullable<Node['nodeFlag']>): Node {
    const type = call.template.dag ? 'DAG' : 'Pod';
    const node = this.#nodeFor(call, type);
    if (nodeFlag.retried) node.nodeFlag = nodeFlag;
    if (isFinished(node.phase)) return node;
    if (call.template.dag)
      this.#runDag({ node, tasks: call.template.dag.tasks, scope: this.#scopeOf(node, call.inputs) });
    else this.#lookAtPod(node, call.inputs);
    return node;
  }

  #lookAtPod(node: Node, inputs: readonly Parameter[]): void {
    if (this.#born.has(node.id)) this.#take(node, this.#pods.create(node, inputs));
    else if (this.#isPastDeadline(node)) this.#end(node, 'Failed', exceeded);
    else {
      const report = this.#pods.look(node);
      // What ended in time counts; what still runs is ended.
      if (this.#isDeadlineOver() && !isFinished(report.phase)) this.#end(node, 'Failed', exceeded);
      else this.#take(node, report);
    }
  }

  #take(node: Node, report: PodReport): void {
    node.phase = report.phase;
    if (report.message === undefined || report.message === '') delete node.message;
    else node.message = report.message;
    if (report.outputs) node.outputs = report.outputs;
    if (isFinished(report.phase)) node.finishedAt = report.finishedAt ?? this.#now;
  }

  #runDag(dag: Dag): void {
    // Tasks are listed in any order: what one of them finishes may let an earlier one start.
    for (let before = ''; before !== this.#progress();) {
      before = this.#progress();
      for (const task of dag.tasks) this.#advanceTask(dag, task);
    }
    if (!dag.tasks.every((task) => this.#isDone(dag, task))) return;
    const phases = dag.tasks.map(({ name }) => this.#taskNode(dag, name)?.phase);
    dag.node.phase = phases.find((phase) => phase === 'Error' || phase === 'Failed') ?? 'Succeeded';
    dag.node.finishedAt = this.#now;
    dag.node.outboundNodes = this.#leavesOf(dag).map((node) => (this.#lastAttempt(node) ?? node).id);
  }

  #progress(): string {
    const nodes = Object.values(this.nodes);
    return `${nodes.filter(({ phase }) => isFinished(phase)).length} of ${nodes.length}`;
  }

  #advanceTask(dag: Dag, task: DagTask): void {
    const existing = this.#taskNode(dag, task.name);
    if (existing && isFinished(existing.phase)) {
      this.#advanceHook(dag, task, existing);
      return;
    }
    const needed = dependenciesOf(task).map((name) => dag.tasks.find((other) => other.name === name));
    if (!needed.every((other) => other && this.#isDone(dag, other))) return;
    const node = existing ? this.#callTask(dag, task) : this.#startTask(dag, task);
    this.#attach(dag, { task, node });
    if (isFinished(node.phase)) this.#advanceHook(dag, task, node);
  }

  #startTask(dag: Dag, task: DagTask): Node {
    const isMet = dependenciesOf(task).every((name) => this.#taskNode(dag, name)?.phase === 'Succeeded');
    if (!isMet) return this.#skip(dag, task, { phase: 'Omitted', message: omitted });
    const condition = task.when === undefined ? undefined : substituted(task.when, dag.scope);
    if (condition === undefined || holds(condition)) return this.#callTask(dag, task);
    return this.#skip(dag, task, { phase: 'Skipped', message: `when '${condition}' evaluated false` });
  }

  #callTask(dag: Dag, task: DagTask): Node {
    if (task.withSequence) return this.#runLoop(dag, task, Number(substituted(task.withSequence.count, dag.scope)));
    return this.#execute(this.#callOf(dag, task));
  }

  #callOf(dag: Dag, { name, template, arguments: given }: Pick<DagTask, 'name' | 'template' | 'arguments'>): Call {
    const called = this.#template(template);
    const inputs = inputsOf(called, given?.parameters ?? [], dag.scope);
    return { name: `${dag.node.name}.${name}`, displayName: name, template: called, inputs, boundaryId: dag.node.id };
  }

  #runLoop(dag: Dag, task: DagTask, count: number): Node {
    if (count === 0) return this.#skip(dag, task, { phase: 'Skipped', message: 'Skipped, empty params' });
    const call = this.#callOf(dag, task);
    const group = this.#nodeFor(call, 'TaskGroup');
    const rounds = Array.from({ length: count }, (_, index) => {
      const suffix = `(${index}:${index})`;
      return this.#execute({ ...call, name: `${call.name}${suffix}`, displayName: `${call.displayName}${suffix}` });
    });
    for (const round of rounds) adopt(group, round);
    if (rounds.every(({ phase }) => isFinished(phase))) {
      this.#end(group, rounds.find(({ phase }) => phase !== 'Succeeded')?.phase ?? 'Succeeded');
    }
    return group;
  }

  #advanceHook(dag: Dag, task: DagTask, node: Node): void {
    const hook = task.hooks?.exit;
    if (!hook || node.type === 'Skipped') return;
    const name = `${task.name}.onExit`;
    const call = this.#callOf(dag, { name, template: hook.template, arguments: hook.arguments ?? {} });
    adopt(node, this.#execute(call));
  }

  /** Finished, and its exit hook as well. */
  #isDone(dag: Dag, task: DagTask): boolean {
    const node = this.#taskNode(dag, task.name);
    if (!node || !isFinished(node.phase)) return false;
    if (!task.hooks?.exit || node.type === 'Skipped') return true;
    return isFinished(this.#taskNode(dag, `${task.name}.onExit`)?.phase);
  }

  #skip(dag: Dag, task: DagTask, end: { phase: NodePhase; message: string }): Node {
    const template = this.#template(task.template);
    const call = {
      name: `${dag.node.name}.${task.name}`,
      displayName: task.name,
      template,
      inputs: [],
      boundaryId: dag.node.id,
    };
    const node = this.#nodeFor(call, 'Skipped');
    node.nodeFlag = {};
    this.#end(node, end.phase, end.message);
    return node;
  }

  /** A task hangs below what it waited for: the last attempt of each, or the DAG itself. */
  #attach(dag: Dag, { task, node }: { task: DagTask; node: Node }): void {
    const parents = dependenciesOf(task).flatMap((name) => this.#taskNode(dag, name) ?? []);
    if (parents.length === 0) adopt(dag.node, node);
    for (const parent of parents) adopt(this.#lastAttempt(parent) ?? parent, node);
  }

  #leavesOf(dag: Dag): Node[] {
    const needed = new Set(dag.tasks.flatMap(dependenciesOf));
    return dag.tasks.filter(({ name }) => !needed.has(name)).flatMap(({ name }) => this.#taskNode(dag, name) ?? []);
  }

  #scopeOf(node: Node, inputs: readonly Parameter[]): Scope {
    const workflowParameters = this.#workflow.spec.arguments?.parameters ?? [];
    return { workflowParameters, inputs, taskNode: (task) => this.nodes[this.#idOf(`${node.name}.${task}`)] };
  }

  #taskNode = (dag: Dag, task: string): Node | undefined => this.nodes[this.#idOf(`${dag.node.name}.${task}`)];

  #lastAttempt(node: Node): Node | undefined {
    return node.type === 'Retry' ? this.#attemptsOf(node).at(-1) : undefined;
  }

  /** Exit hooks hang below the node as well. */
  #attemptsOf(node: Node): Node[] {
    const children = (node.children ?? []).flatMap((id) => this.nodes[id] ?? []);
    return children.filter(({ nodeFlag }) => nodeFlag?.retried === true);
  }

  #nodeFor(call: Call, type: Node['type']): Node {
    const id = this.#idOf(call.name);
    const existing = this.nodes[id];
    if (existing && !(existing.type === 'Skipped' && type !== 'Skipped')) return existing;
    const scope = `local/${this.#workflow.metadata.name}`;
    const node: Node = {
      id,
      name: call.name,
      displayName: call.displayName,
      type,
      templateName: call.template.name,
      templateScope: scope,
      phase: type === 'Pod' ? 'Pending' : 'Running',
      startedAt: this.#birthTime(),
      finishedAt: null,
      ...(call.boundaryId !== undefined && { boundaryID: call.boundaryId }),
      ...(call.inputs.length > 0 && { inputs: { parameters: call.inputs } }),
    };
    this.nodes[id] = node;
    this.#born.add(id);
    return node;
  }

  /** After the deadline, if only by a second: times are kept in whole ones. */
  #birthTime(): string {
    if (this.#deadline === undefined || !this.#isDeadlineOver() || this.#now > this.#deadline) return this.#now;
    return wholeSeconds(Date.parse(this.#deadline) + 1000);
  }

  #end(node: Node, phase: NodePhase, message?: string): void {
    node.phase = phase;
    node.finishedAt = this.#now;
    if (message !== undefined) node.message = message;
  }

  #isDeadlineOver(): boolean {
    return this.#deadline !== undefined && !this.#isFirstLook && this.#now >= this.#deadline;
  }

  /** Started after the moment at which the Workflow had to be over. */
  #isPastDeadline(node: Node): boolean {
    return this.#deadline !== undefined && Date.parse(node.startedAt) > Date.parse(this.#deadline);
  }

  #template(name: string): Template {
    const template = this.#workflow.spec.templates.find((one) => one.name === name);
    if (!template) throw new Error(`the Workflow has no template ${name}`);
    return template;
  }

  #idOf(name: string): string {
    return nodeIdOf(this.#workflow.metadata.name, name);
  }
}

function adopt(parent: Node, child: Node): void {
  if (!parent.children?.includes(child.id)) parent.children = [...(parent.children ?? []), child.id];
}

/** `a.Succeeded && b.Succeeded` */
function dependenciesOf(task: DagTask): string[] {
  return (task.depends ?? '').split('&&').flatMap((term) => {
    const name = term.trim().replace(/\.Succeeded$/u, '');
    return name === '' ? [] : [name];
  });
}

const wholeSeconds = (milliseconds: number) => new Date(milliseconds).toISOString().replace(/\.\d+/u, '');
const goTime = (time: string) => `${time.slice(0, 10)} ${time.slice(11, 19)} +0000 UTC`;
