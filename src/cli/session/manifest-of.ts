import { type Conversation } from '../../api/conversation.ts';
import { apiVersion, group, kinds } from '../../api/group.ts';
import { type Turn } from '../../api/turn.ts';
import { canonicalJson } from '../../base/digest.ts';

/** Fields of the spec that stand as they are; the schema's defaults are left out. */
const defaults: Readonly<Record<string, unknown>> = {
  agent: 'supervisor',
  serviceAccountName: 'swarm-runner',
  suspend: false,
  historyLimit: 10,
  deletionPolicy: 'Cancel',
  limits: { maxSteps: 16, maxTokens: 200_000, turnTimeout: '30m', maxParallelCalls: 8 },
  approvalPolicy: { default: 'Writes' },
};

/**
 * The conversation as a manifest to commit: its messages are what was declared, and after it what was asked in chats. No
 * status, no names of this cluster, nothing that admission stamped.
 */
export function manifestOf({ metadata, spec }: Conversation, turns: readonly Turn[]): object {
  const declared = spec.messages.map(({ text }) => text);
  const asked = turns.map((turn) => turn.spec.text);
  const kept = Object.entries(spec).filter(
    ([name, value]) =>
      !['messages', 'author'].includes(name) && canonicalJson(value) !== canonicalJson(defaults[name] ?? null),
  );
  return {
    apiVersion,
    kind: kinds.conversation.kind,
    metadata: { name: metadata.name, ...ownLabels(metadata.labels) },
    spec: { messages: withChat(declared, asked).map((text) => ({ text })), ...Object.fromEntries(kept) },
  };
}

/** Declared messages have turns as well: each takes one turn of the same text away. */
function withChat(declared: readonly string[], asked: readonly string[]): readonly string[] {
  const unanswered = [...declared];
  const chat = asked.filter((text) => {
    const position = unanswered.indexOf(text);
    if (position >= 0) unanswered.splice(position, 1);
    return position < 0;
  });
  return [...declared, ...chat];
}

/** Labels of tools that track what they applied would make the manifest theirs. */
function ownLabels(labels: Readonly<Record<string, string>> | undefined): object {
  const kept = Object.entries(labels ?? {}).filter(
    ([name]) =>
      !name.startsWith('argocd.argoproj.io/') && !name.startsWith('app.kubernetes.io/') && !name.includes(group),
  );
  return kept.length === 0 ? {} : { labels: Object.fromEntries(kept) };
}
