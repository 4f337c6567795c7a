import { afterAll, beforeAll, expect, test } from 'vitest';
import { apiVersion } from '../../../src/api/group.ts';
import { ApiUnderTest, type Manifest } from './api-under-test.ts';

let api: ApiUnderTest;
beforeAll(async () => {
  api = await ApiUnderTest.start();
});
afterAll(() => api.stop());

const object = (kind: string, spec: unknown, name = 'sample'): Manifest => ({
  apiVersion,
  kind,
  metadata: { name },
  ...(spec === undefined ? {} : { spec }),
});
const owner = { kind: 'Conversation', name: 'churn', uid: 'u1' };
const turn = (changes: object) => object('Turn', { owner, text: 'Which pipelines are there?', ...changes });
const conversation = (spec: object) => object('Conversation', spec);
const intent = (changes: object) => object('Intent', { request: 'Train churn-train.', ...changes });
const approval = (changes: object) =>
  object('Approval', {
    turn: { name: 'churn-0', uid: 'u2' },
    callId: '0.0',
    argumentsDigest: 'sha256:1',
    decision: 'Approve',
    ...changes,
  });
const config = (spec: object) => object('SwarmConfig', spec);
const model = (changes: object) => config({ model: { name: 'qwen3', ...changes } });
const knowledgeBase = (changes: object) =>
  object('KnowledgeBase', { sources: [{ name: 'pages', configMap: { name: 'pages' } }], ...changes });
const source = (changes: object) => knowledgeBase({ sources: [{ name: 'pages', ...changes }] });
const long = (characters: number) => 'x'.repeat(characters);

interface RefusedObject {
  readonly title: string;
  readonly manifest: Manifest;
  readonly inMessage: readonly string[];
}

const cases: readonly (readonly [title: string, manifest: Manifest, ...inMessage: string[]])[] = [
  ['a conversation without spec', object('Conversation', undefined), 'spec: Required value'],
  ['a misspelt field', conversation({ mesages: [] }), 'unknown field "spec.mesages"'],
  ['a misspelt field of a message', conversation({ messages: [{ txt: 'hi' }] }), 'spec.messages[0].txt'],
  ['a message without text', conversation({ messages: [{}] }), 'spec.messages[0].text: Required'],
  ['an empty message', conversation({ messages: [{ text: '' }] }), 'spec.messages[0].text'],
  ['a message that is a number', conversation({ messages: [{ text: 5 }] }), 'spec.messages[0].text', 'string'],
  ['a message beyond 32,768 characters', conversation({ messages: [{ text: long(32_769) }] }), 'spec.messages[0].text'],
  [
    'messages that are too much together',
    conversation({ messages: [{ text: long(30_000) }, { text: long(11_000) }] }),
    'spec.messages',
    'at most 40,960 bytes',
  ],
  [
    'messages of few but wide characters',
    conversation({ messages: [{ text: '界'.repeat(14_000) }] }),
    'spec.messages',
    'at most 40,960 bytes',
  ],
  ['more than 200 messages', conversation({ messages: Array(201).fill({ text: 'hi' }) }), 'spec.messages', '200'],
  ['an unknown agent', conversation({ agent: 'claude' }), 'spec.agent', 'supported values'],
  ['a bad ServiceAccount name', conversation({ serviceAccountName: 'Not_A_Name' }), 'spec.serviceAccountName'],
  [
    'another namespace in a ServiceAccount name',
    conversation({ serviceAccountName: 'a:b' }),
    'spec.serviceAccountName',
  ],
  ['no steps', conversation({ limits: { maxSteps: 0 } }), 'spec.limits.maxSteps', 'greater than or equal to 1'],
  ['too many steps', conversation({ limits: { maxSteps: 17 } }), 'spec.limits.maxSteps', 'less than or equal to 16'],
  ['a time limit in words', conversation({ limits: { turnTimeout: 'half an hour' } }), 'spec.limits.turnTimeout'],
  ['an empty time limit', conversation({ limits: { turnTimeout: '' } }), 'spec.limits.turnTimeout'],
  ['too few tokens', conversation({ limits: { maxTokens: 10 } }), 'spec.limits.maxTokens'],
  [
    'an unknown approval policy',
    conversation({ approvalPolicy: { default: 'Sometimes' } }),
    'spec.approvalPolicy.default',
  ],
  [
    'a rule without decision',
    conversation({ approvalPolicy: { rules: [{}] } }),
    'spec.approvalPolicy.rules[0].decision',
  ],
  ['a history of nothing', conversation({ historyLimit: 0 }), 'spec.historyLimit'],
  ['an unknown deletion policy', conversation({ deletionPolicy: 'Keep' }), 'spec.deletionPolicy'],
  ['a reference without name', conversation({ configRef: {} }), 'spec.configRef.name: Required'],
  ['an author without name', conversation({ author: {} }), 'spec.author.username: Required'],
  ['a conversation with too long a name', object('Conversation', {}, long(49)), 'metadata.name has at most 48'],
  ['a turn without owner', object('Turn', { text: 'hi' }), 'spec.owner: Required'],
  ['a turn of an unknown owner', turn({ owner: { ...owner, kind: 'Pod' } }), 'spec.owner.kind'],
  ['a turn whose owner has no uid', turn({ owner: { kind: 'Intent', name: 'x' } }), 'spec.owner.uid: Required'],
  ['a turn without text', turn({ text: '' }), 'spec.text'],
  ['a turn of a negative index', turn({ index: -1 }), 'spec.index'],
  ['a turn with too long a name', { ...turn({}), metadata: { name: long(64) } }, 'metadata.name has at most 63'],
  ['a parameter that is a number', turn({ parameters: { epochs: 20 } }), 'spec.parameters.epochs', 'string'],
  ['too many parameters', turn({ parameters: numbered(33) }), 'spec.parameters', '32'],
  ['an intent without request', object('Intent', {}), 'spec.request: Required'],
  ['an unknown approval mode', intent({ approval: 'Perhaps' }), 'spec.approval'],
  [
    'an expectation without value',
    intent({ expect: [{ metric: 'a', operator: '>' }] }),
    'spec.expect[0].value: Required',
  ],
  ['an unknown operator', intent({ expect: [{ metric: 'a', operator: '=>', value: '1' }] }), 'spec.expect[0].operator'],
  [
    'an expected number',
    intent({ expect: [{ metric: 'a', operator: '>', value: 0.9 }] }),
    'spec.expect[0].value',
    'string',
  ],
  ['a negative time to live', intent({ ttlSecondsAfterFinished: -1 }), 'spec.ttlSecondsAfterFinished'],
  ['a reuse time in days', intent({ reuseWithin: '1d' }), 'spec.reuseWithin'],
  ['units in the wrong order', intent({ timeout: '30m2h' }), 'spec.timeout'],
  ['an approval without decision', approval({ decision: undefined }), 'spec.decision: Required'],
  ['an approval of maybe', approval({ decision: 'Maybe' }), 'spec.decision'],
  ['an approval without digest', approval({ argumentsDigest: '' }), 'spec.argumentsDigest'],
  ['an approval of a turn without uid', approval({ turn: { name: 'churn-0' } }), 'spec.turn.uid: Required'],
  ['a model without a name', config({ model: { provider: 'openai' } }), 'spec.model', 'name is needed'],
  ['a fallback without a name', config({ fallbackModels: [{}] }), 'spec.fallbackModels[0]', 'name is needed'],
  ['an address that is none', model({ baseURL: 'vllm:8000' }), 'spec.model.baseURL'],
  ['an address of another scheme', model({ baseURL: 'file:///etc/passwd' }), 'spec.model.baseURL'],
  ['an address with a line break', model({ baseURL: 'http://a/\nb' }), 'spec.model.baseURL'],
  ['a temperature beyond 2', model({ temperature: '7.5' }), 'spec.model.temperature'],
  ['a Secret of another namespace', model({ apiKeySecretRef: { name: 'b/key' } }), 'spec.model.apiKeySecretRef.name'],
  ['settings of an unknown agent', config({ agents: [{ name: 'root' }] }), 'spec.agents[0].name'],
  [
    'settings of one agent twice',
    config({ agents: [{ name: 'kfp' }, { name: 'kfp' }] }),
    'spec.agents[1]',
    'Duplicate',
  ],
  [
    'an object store without keys',
    config({ backends: { objectStore: { endpoint: 'http://s3' } } }),
    'secretRef: Required',
  ],
  ['a search store without nodes', config({ backends: { elasticsearch: { nodes: [] } } }), 'elasticsearch.nodes'],
  ['a policy of an unknown word', config({ policy: { atLeast: 'Often' } }), 'spec.policy.atLeast'],
  ['a knowledge base without sources', knowledgeBase({ sources: [] }), 'spec.sources'],
  ['a source of nothing', source({}), 'spec.sources[0]', 'exactly one of'],
  [
    'a source of two things',
    source({ configMap: { name: 'a' }, urls: ['https://example.com/'] }),
    'spec.sources[0]',
    'exactly one of',
  ],
  ['a source without name', knowledgeBase({ sources: [{ configMap: { name: 'a' } }] }), 'spec.sources[0].name'],
  ['a sitemap that is no address', source({ sitemap: { url: 'tekton.dev' } }), 'spec.sources[0].sitemap.url'],
];

function numbered(count: number): Record<string, string> {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`p${index}`, 'x']));
}

const refused: RefusedObject[] = cases.map(([title, manifest, ...inMessage]) => ({ title, manifest, inMessage }));

test.each(refused)('refuses $title and names the path', async ({ manifest, inMessage }) => {
  const { status, body } = await api.tryOut(manifest);
  expect(status, body.message).toBeOneOf([400, 422]);
  for (const part of inMessage) expect(body.message).toContain(part);
});

test.each([
  ['conversation', conversation({ messages: [{ text: 'hi' }] })],
  ['turn', turn({ parameters: { epochs: '20' } })],
  ['intent', intent({ reuseWithin: '1h30m' })],
  ['approval', approval({})],
  ['settings', model({ baseURL: 'http://[::1]:8000/v1' })],
  ['knowledge base', source({ urls: ['https://example.com/docs?a=b#c'] })],
])('takes the %s that the refused ones differ from in one thing', async (_title, manifest) => {
  expect(await api.tryOut(manifest)).toMatchObject({ status: 201 });
});
