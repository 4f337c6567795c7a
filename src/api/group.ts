/** API group of all our kinds. */
export const group = 'swarm.mlops.dev';
export const version = 'v1alpha1';
export const apiVersion = `${group}/${version}`;

const kind = <Kind extends string>(name: Kind, plural: string) => ({
  group,
  version,
  plural,
  kind: name,
  namespaced: true,
});

export const kinds = {
  conversation: kind('Conversation', 'conversations'),
  turn: kind('Turn', 'turns'),
  intent: kind('Intent', 'intents'),
  approval: kind('Approval', 'approvals'),
  swarmConfig: kind('SwarmConfig', 'swarmconfigs'),
  knowledgeBase: kind('KnowledgeBase', 'knowledgebases'),
} as const;
