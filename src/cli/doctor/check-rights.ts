import { group } from '../../api/group.ts';
import { type AccessQuestion } from '../../kube/access.ts';
import { broken, type Finding, type Patient, well } from './check.ts';

const verbs: Readonly<Record<string, readonly string[]>> = {
  conversations: ['get', 'list', 'watch', 'create'],
  turns: ['get', 'list', 'watch', 'create', 'patch', 'approve'],
  approvals: ['get', 'list', 'create'],
  intents: ['get', 'list', 'watch'],
  swarmconfigs: ['get', 'list'],
};

/** Rights for chats, questions and decisions in the namespace. */
export async function checkRights({ context }: Patient): Promise<readonly Finding[]> {
  const { namespace } = context;
  return Promise.all(
    Object.entries(verbs).map(async ([resource, wanted]) => {
      const missing = await missingOf(
        { context },
        wanted.map((verb) => ({ verb, group, resource, namespace })),
      );
      const check = `rights to ${resource}`;
      if (missing.length === 0) return well(check, wanted.join(', '));
      const lacking = missing.map(({ verb }) => verb).join(', ');
      return broken(
        check,
        `you may not ${lacking} ${resource}.${group} in namespace ${namespace}`,
        `kubectl create rolebinding swarm-user --clusterrole=edit --user=${await userName(context)} -n ${namespace}`,
      );
    }),
  );
}

async function missingOf(
  { context }: Pick<Patient, 'context'>,
  questions: readonly AccessQuestion[],
): Promise<readonly AccessQuestion[]> {
  const answers = await Promise.all(questions.map((question) => context.kube.canI(question)));
  return questions.filter((_, at) => answers[at]?.allowed !== true);
}

async function userName({ kube }: Patient['context']): Promise<string> {
  return (await kube.whoAmI()).username;
}

/** How answers come: each way that is open is named; the status is always there. */
export async function checkStream(patient: Patient): Promise<Finding> {
  const { operatorNamespace: namespace } = patient;
  const forward = [
    { verb: 'get', group: '', resource: 'pods', namespace },
    { verb: 'create', group: '', resource: 'pods', subresource: 'portforward', namespace },
    { verb: 'get', group: '', resource: 'pods', subresource: 'portforward', namespace },
  ];
  const name = 'https:swarm-stream:stream';
  const proxy = [{ verb: 'get', group: '', resource: 'services', subresource: 'proxy', namespace, name }];
  const [lacksForward, lacksProxy] = await Promise.all([missingOf(patient, forward), missingOf(patient, proxy)]);
  const ways = [
    ...(lacksForward.length === 0 ? ['port-forward'] : []),
    ...(lacksProxy.length === 0 ? ['service proxy'] : []),
    'status',
  ];
  if (ways.length > 1) return well('stream', `your rights allow ${ways.join(', ')}`);
  return well(
    'stream',
    `answers come by the status, in larger pieces; the Role swarm-stream-reader in ${namespace} gives the rights to a live stream`,
  );
}
