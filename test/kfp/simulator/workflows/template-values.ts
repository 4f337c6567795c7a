import { type Node, type Parameter, type Template } from './workflow.ts';

/** What `{{…}}` in a template can refer to. */
export interface Scope {
  readonly workflowParameters: readonly Parameter[];
  readonly inputs: readonly Parameter[];
  /** The finished node of a task of the same DAG. */
  readonly taskNode: (task: string) => Node | undefined;
}

export function substituted(text: string, scope: Scope): string {
  return text.replaceAll(
    /\{\{([^{}]+)\}\}/gu,
    (whole, expression: string) => lookedUp(expression.trim(), scope) ?? whole,
  );
}

function lookedUp(expression: string, scope: Scope): string | undefined {
  const [, name = ''] = /parameters\.(.+)$/u.exec(expression) ?? [];
  if (expression.startsWith('workflow.parameters.')) return valueOf(scope.workflowParameters, name);
  if (expression.startsWith('inputs.parameters.')) return valueOf(scope.inputs, name);
  const [, task] = /^tasks\.(.+)\.outputs\.parameters\./u.exec(expression) ?? [];
  return task === undefined ? undefined : valueOf(scope.taskNode(task)?.outputs?.parameters ?? [], name);
}

function valueOf(parameters: readonly Parameter[], name: string): string | undefined {
  const parameter = parameters.find((one) => one.name === name);
  return parameter?.value ?? parameter?.default;
}

/** The inputs of a template with the arguments of the task that calls it. */
export function inputsOf(template: Template, given: readonly Parameter[], scope: Scope): Parameter[] {
  return (template.inputs?.parameters ?? []).map((declared) => {
    const argument = given.find(({ name }) => name === declared.name);
    const value = argument?.value === undefined ? declared.default : substituted(argument.value, scope);
    return { ...declared, ...(value !== undefined && { value }) };
  });
}

/** `left != right` and `left == right`, which is all that compiled pipelines use. */
export function holds(condition: string): boolean {
  const [, left = '', operator, right = ''] = /^(.*?)\s*(==|!=)\s*(.*)$/su.exec(condition) ?? [];
  return operator === '==' ? left.trim() === right.trim() : left.trim() !== right.trim();
}
