import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { argocdConfiguration } from '../../../hack/generate/argocd-configuration.ts';
import { act, actionsOf, customizations, healthOf, inputOf, testsOfAllKinds } from './customizations.ts';
import { installLua } from './lua.ts';
import { outputOf } from './record-testdata.ts';

beforeAll(() => {
  installLua();
});

describe.each(testsOfAllKinds())('$kind in Argo CD', ({ kind, health, discovery, actions }) => {
  test.each(health)('has its health: $inputPath', ({ inputPath, healthStatus }) => {
    expect(healthOf(inputOf(kind, inputPath))).toEqual(healthStatus);
  });

  test.each(discovery)('offers its actions: $inputPath', ({ inputPath, result }) => {
    const enabled = result.filter(({ disabled }) => disabled !== true).map(({ name }) => name);
    expect(actionsOf(inputOf(kind, join('actions', inputPath)))).toEqual(enabled.sort());
  });

  test.each(actions)('carries out $action', ({ action, inputPath, expectedOutputPath = '', parameters = {} }) => {
    const output = outputOf(act(inputOf(kind, join('actions', inputPath)), action, parameters));
    const wanted = readFileSync(join(customizations, kind, 'actions', expectedOutputPath), 'utf8');
    expect(output).toEqual(parse(wanted));
  });
});

describe('an action', () => {
  const waiting = { kind: 'Turn', metadata: { name: 't', namespace: 'n', uid: 'u' }, spec: {}, status: {} };

  test.each(['approve', 'deny'])('to %s is refused when nothing waits', (action) => {
    expect(() => act(waiting, action)).toThrow('nothing waits for a person');
  });
});

test('the ConfigMap holds every script as it is', () => {
  const { data } = parse(argocdConfiguration()) as { data: Record<string, string> };
  for (const { kind, actions } of testsOfAllKinds()) {
    const health = readFileSync(join(customizations, kind, 'health.lua'), 'utf8');
    expect(data[`resource.customizations.health.swarm.mlops.dev_${kind}`]).toBe(health);
    const text = data[`resource.customizations.actions.swarm.mlops.dev_${kind}`] ?? '{}';
    const { definitions = [] } = parse(text) as { definitions?: { name: string; 'action.lua': string }[] };
    for (const { action } of actions) {
      const script = readFileSync(join(customizations, kind, `actions/${action}/action.lua`), 'utf8');
      expect(definitions.find(({ name }) => name === action)?.['action.lua']).toBe(script);
    }
  }
});
