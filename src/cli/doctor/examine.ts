import { group, kinds, version } from '../../api/group.ts';
import { KubeApiError } from '../../kube/errors.ts';
import { explainError, isAbsentKind } from '../session/explain-error.ts';
import { installCommand } from '../session/install-command.ts';
import { broken, type Finding, type Patient, well } from './check.ts';
import { checkRunner, checkSettings } from './check-namespace.ts';
import { checkOperator } from './check-operator.ts';
import { checkRights, checkStream } from './check-rights.ts';

/** From the kubeconfig to the backends; what cannot be examined without the step before is left out. */
export async function* examine(patient: Patient): AsyncGenerator<Finding> {
  const { kube, namespace } = patient.context;
  yield well('kubeconfig', `context ${kube.contextName}, cluster ${kube.serverUrl}, namespace ${namespace}`);
  const server = await checkServer(patient);
  yield server;
  if (!server.ok) return;
  const crds = await checkKinds(patient);
  yield crds;
  if (!crds.ok) return;
  const steps: readonly (readonly [string, (patient: Patient) => Promise<Finding | readonly Finding[]>])[] = [
    ['operator', checkOperator],
    ['rights', checkRights],
    ['stream', checkStream],
    ['run-as account', checkRunner],
    ['settings', checkSettings],
  ];
  for (const [name, step] of steps) yield* await attempted(name, () => step(patient));
}

/** A step that is refused is a finding, not the end. */
async function attempted(
  check: string,
  step: () => Promise<Finding | readonly Finding[]>,
): Promise<readonly Finding[]> {
  try {
    const found = await step();
    return 'check' in found ? [found] : found;
  } catch (error) {
    const explained = explainError(error);
    if (!explained) throw error;
    return [broken(check, explained.message, explained.next ?? 'see the message')];
  }
}

async function checkServer({ context }: Patient): Promise<Finding> {
  try {
    const [answer, { username }] = await Promise.all([context.kube.serverVersion(), context.kube.whoAmI()]);
    return well('API server', `${answer}; you are ${username}`);
  } catch (error) {
    const explained = error instanceof KubeApiError ? explainError(error) : undefined;
    if (!explained) throw error;
    return broken('API server', explained.message, explained.next ?? 'kubectl cluster-info');
  }
}

/** By asking for an object that nobody has: reading definitions of kinds needs rights that few people have. */
async function checkKinds({ context }: Patient): Promise<Finding> {
  const { kube, namespace } = context;
  const missing: string[] = [];
  for (const type of Object.values(kinds)) {
    try {
      await kube.list(type, { namespace, limit: 1 });
    } catch (error) {
      if (isAbsentKind(error)) missing.push(type.plural);
      else if (!(error instanceof KubeApiError && error.status === 403)) throw error;
    }
  }
  if (missing.length === 0) return well('kinds', `${group}/${version} with ${Object.keys(kinds).length} kinds`);
  return broken('kinds', `not served: ${missing.join(', ')} of ${group}/${version}`, installCommand());
}
