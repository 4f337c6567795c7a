import { execFile } from 'node:child_process';
import { appendFile, cp, mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { structuralSchema } from '../../../hack/generate/structural-schema.ts';
import { approvalSpec } from '../../../src/api/approval.ts';
import { conversationSpec } from '../../../src/api/conversation.ts';
import { apiVersion, group, kinds, version } from '../../../src/api/group.ts';
import { intentSpec } from '../../../src/api/intent.ts';
import { knowledgeBaseSpec } from '../../../src/api/knowledge-base.ts';
import { swarmConfigSpec } from '../../../src/api/swarm-config.ts';
import { turnSpec } from '../../../src/api/turn.ts';
import { atomicList, boundedMap, mapList } from '../../../src/api/schema.ts';
import { projectRoot } from '../../support/test-cluster.ts';
import { waitFor } from '../../support/wait-for.ts';
import { ApiUnderTest } from './api-under-test.ts';

let api: ApiUnderTest;
beforeAll(async () => {
  api = await ApiUnderTest.start();
});
afterAll(() => api.stop());

const allKinds = Object.values(kinds);

interface Served {
  readonly components: { readonly schemas: Record<string, Field | undefined> };
}
interface Field {
  readonly description?: string;
  readonly properties?: Record<string, Field>;
  readonly items?: Field;
  readonly $ref?: string;
}

/** Paths of fields without a text, as `kubectl explain --recursive` would show them; our kinds hold no references. */
function withoutText(field: Field, path: string): string[] {
  const inner = Object.entries(field.properties ?? {}).flatMap(([name, each]) => [
    ...((each.description ?? '') === '' && name !== 'metadata' ? [`${path}.${name}`] : []),
    ...(name === 'metadata' ? [] : withoutText(each, `${path}.${name}`)),
  ]);
  return field.items === undefined ? inner : [...inner, ...withoutText(field.items, `${path}[]`)];
}

describe('kubectl', () => {
  test.each(allKinds)('explains every field of $kind', async ({ kind }) => {
    const schema = await waitFor(
      'the kind is in the published schema',
      async () => {
        const served = await api.connection.must<Served>('GET', `/openapi/v3/apis/${apiVersion}`);
        return served.components.schemas[`dev.mlops.swarm.${version}.${kind}`];
      },
      { withinMs: 30_000 },
    );
    expect(Object.keys(schema.properties ?? {})).toEqual(expect.arrayContaining(['spec', 'status']));
    expect(withoutText(schema, kind)).toEqual([]);
  });

  test('explains a field in words', async () => {
    const text = await api.kubectl.run('explain', 'conversation.spec.messages', `--api-version=${apiVersion}`);
    expect(text).toContain('oldest first');
  });

  test('knows short names, the category and the status subresource', async () => {
    const { resources } = await api.connection.must<{
      resources: { name: string; shortNames?: string[]; categories?: string[] }[];
    }>('GET', `/apis/${apiVersion}`);
    const names = resources.map(({ name }) => name);
    for (const { plural } of allKinds) expect(names).toEqual(expect.arrayContaining([plural, `${plural}/status`]));
    const own = resources.filter(({ name }) => !name.includes('/'));
    expect(own.every(({ categories }) => categories?.includes('swarm') === true)).toBe(true);
    expect(own.flatMap(({ shortNames = [] }) => shortNames).toSorted()).toEqual(['conv', 'kb']);
  });

  test('takes every sample in a server-side dry run', async () => {
    const output = await api.kubectl.run('apply', '--dry-run=server', '-k', join(projectRoot, 'config/samples'));
    for (const { kind } of allKinds) expect(output).toContain(`${kind.toLowerCase()}.${group}/`);
  });

  test('builds the whole installation from one folder', async () => {
    const output = await api.kubectl.run('kustomize', join(projectRoot, 'config/default'));
    for (const { plural } of allKinds) expect(output).toContain(`name: ${plural}.${group}`);
    expect(output).toContain('kind: Deployment');
    expect(output).toContain('kind: ValidatingAdmissionPolicyBinding');
  });

  test('finds nothing to change in kinds that are installed already', async () => {
    const before = await generations();
    await api.kubectl.run('apply', '--server-side', '--force-conflicts', '-f', join(projectRoot, 'crds'));
    expect(await generations()).toEqual(before);
  });
});

/** What people leave out: the least each kind takes. */
const least = [
  { kind: 'Conversation', spec: {}, schema: conversationSpec },
  { kind: 'Turn', spec: { owner: { kind: 'Intent', name: 'x', uid: 'u' }, text: 'hi' }, schema: turnSpec },
  { kind: 'Intent', spec: { request: 'Train.', reuseWithin: '1h' }, schema: intentSpec },
  {
    kind: 'Approval',
    spec: { turn: { name: 't', uid: 'u' }, callId: '0.0', argumentsDigest: 'd', decision: 'Deny' },
    schema: approvalSpec,
  },
  {
    kind: 'SwarmConfig',
    spec: {
      model: { name: 'm', apiKeySecretRef: { name: 's' } },
      fallbackModels: [{ provider: 'builtin' }],
      agents: [{ name: 'kfp' }],
      backends: { objectStore: { endpoint: 'http://s3:9000', secretRef: { name: 's' } } },
      policy: { rules: [{ decision: 'Ask' }] },
    },
    schema: swarmConfigSpec,
  },
  { kind: 'KnowledgeBase', spec: { sources: [{ name: 'a', urls: ['https://a/'] }] }, schema: knowledgeBaseSpec },
];

test.each(least)('the API server fills in $kind exactly as its schema does', async ({ kind, spec, schema }) => {
  const made = await api.create({ apiVersion, kind, metadata: { name: 'least' }, spec });
  expect(made.spec).toEqual(schema.parse(spec));
});

async function generations(): Promise<Record<string, number>> {
  const list = await api.kubectl.list<{ metadata: { name: string; generation: number } }>('customresourcedefinitions');
  const ours = list.filter(({ metadata }) => metadata.name.endsWith(`.${group}`));
  return Object.fromEntries(ours.map(({ metadata }) => [metadata.name, metadata.generation]));
}

describe('hack/generate.ts', () => {
  const generate = (root: string, ...flags: readonly string[]) =>
    new Promise<{ code: number; errors: string }>((resolve) => {
      execFile(process.execPath, [join(root, 'hack/generate.ts'), ...flags], (error, _output, errors) => {
        resolve({ code: error === null ? 0 : Number(error.code), errors });
      });
    });

  test('finds the files of this checkout up to date', async () => {
    expect(await generate(projectRoot, '--check')).toEqual({ code: 0, errors: '' });
  });

  test('names the files that differ, are missing or are left over, and changes none', async () => {
    const copy = await mkdtemp(join(tmpdir(), 'swarm-generate-'));
    try {
      for (const part of ['hack', 'src', 'crds', 'docs', 'config', 'charts', 'contrib', 'package.json']) {
        await cp(join(projectRoot, part), join(copy, part), { recursive: true });
      }
      await cp(join(projectRoot, '.prettierrc.json'), join(copy, '.prettierrc.json'));
      await symlink(join(projectRoot, 'node_modules'), join(copy, 'node_modules'));
      expect(await generate(copy)).toMatchObject({ code: 0 });
      await appendFile(join(copy, 'crds/turns.yaml'), '# by hand\n');
      await rm(join(copy, 'docs/reference/intent.md'));
      await cp(join(copy, 'crds/intents.yaml'), join(copy, 'crds/leftovers.yaml'));

      const { code, errors } = await generate(copy, '--check');
      expect(code).toBe(1);
      expect(
        errors
          .split('\n')
          .filter((line) => line.startsWith('out of date'))
          .toSorted(),
      ).toEqual([
        'out of date: crds/leftovers.yaml',
        'out of date: crds/turns.yaml',
        'out of date: docs/reference/intent.md',
      ]);
      expect(await readFile(join(copy, 'crds/turns.yaml'), 'utf8')).toContain('# by hand');
    } finally {
      await rm(copy, { recursive: true, force: true });
    }
  });

  const text = z.string().max(10).describe('A text.');
  const refusedSchemas: Record<string, [z.ZodType, string]> = {
    'a union': [z.union([text, z.boolean()]).describe('Two things.'), 'anyOf'],
    'a literal': [z.literal(3).describe('Three.'), 'type number'],
    'a number that is no integer': [z.number().min(0).max(1).describe('A share.'), 'type number'],
    'a string without bound': [z.string().describe('A text.'), 'maxLength is missing'],
    'an integer without bound': [z.int().describe('A number.').meta({ minimum: undefined }), 'a bound is missing'],
    'a list without bound': [z.array(text).meta(atomicList()).describe('Texts.'), 'maxItems is missing'],
    'a list without list type': [z.array(text).max(3).describe('Texts.'), 'list type is missing'],
    'a list whose key may be absent': [
      z
        .array(z.object({ id: text.optional() }))
        .max(3)
        .meta(mapList('id'))
        .describe('Things.'),
      'list key id must be required',
    ],
    'a field without description': [z.string().max(10), 'description is missing'],
    'a map without bound': [z.record(z.string(), text).describe('Texts by name.'), 'maxProperties is missing'],
    'a map of unbounded texts': [
      z.record(z.string(), z.string()).meta(boundedMap(3)).describe('Texts by name.'),
      'maxLength is missing',
    ],
    'any value': [z.unknown().describe('Anything.'), 'is not allowed'],
    'a pattern that RE2 does not read': [
      z
        .string()
        .max(10)
        .regex(/^(?!a)/)
        .describe('Not a.'),
      'RE2',
    ],
    'a value that may be null': [text.nullable(), 'nullable'],
  };

  test.each(Object.entries(refusedSchemas))('refuses %s and names the place', (_title, [schema, problem]) => {
    const refused = () =>
      structuralSchema(z.object({ inner: z.object({ field: schema }).describe('Inner.') }), 'Kind.spec');
    expect(refused).toThrow(problem);
    expect(refused).toThrow('Kind.spec.inner.field');
  });
});
