import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { projectRoot } from '../../support/test-cluster.ts';
import { runLua } from './lua.ts';

export const customizations = join(projectRoot, 'contrib/argocd/resource_customizations/swarm.mlops.dev');

export interface Health {
  readonly status: string;
  readonly message?: string;
}

interface DiscoveryTest {
  readonly inputPath: string;
  readonly result: readonly { readonly name: string; readonly disabled?: boolean }[];
}

interface ActionTest {
  readonly action: string;
  readonly inputPath: string;
  readonly expectedOutputPath?: string;
  readonly expectedErrorMessage?: string;
  readonly parameters?: Readonly<Record<string, string>>;
}

/** Files of tests in Argo CD's own layout. */
export interface KindTests {
  readonly kind: string;
  readonly health: readonly { readonly inputPath: string; readonly healthStatus: Health }[];
  readonly discovery: readonly DiscoveryTest[];
  readonly actions: readonly ActionTest[];
}

export function testsOfAllKinds(): readonly KindTests[] {
  return readdirSync(customizations).map((kind) => {
    const file = join(customizations, kind, 'actions/action_test.yaml');
    const actions = existsSync(file)
      ? (yamlFile(file) as { discoveryTests: DiscoveryTest[]; actionTests: ActionTest[] })
      : { discoveryTests: [], actionTests: [] };
    const health = yamlFile(join(customizations, kind, 'health_test.yaml')) as { tests: KindTests['health'] };
    return { kind, health: health.tests, discovery: actions.discoveryTests, actions: actions.actionTests };
  });
}

export function healthOf(object: { readonly kind: string }): Health {
  return runLua(read(object.kind, 'health.lua'), object) as Health;
}

/** Names of the actions that may be pressed. */
export function actionsOf(object: { readonly kind: string }): string[] {
  const found = runLua(read(object.kind, 'actions/discovery.lua'), object) as Record<string, { disabled?: boolean }>;
  return Object.keys(found)
    .filter((name) => found[name]?.disabled !== true)
    .sort();
}

export function act(
  object: { readonly kind: string },
  action: string,
  parameters: Record<string, string> = {},
): unknown {
  return runLua(read(object.kind, `actions/${action}/action.lua`), object, parameters);
}

export function inputOf(kind: string, path: string): { readonly kind: string } {
  return yamlFile(join(customizations, kind, path)) as { kind: string };
}

function read(kind: string, path: string): string {
  return readFileSync(join(customizations, kind, path), 'utf8');
}

function yamlFile(path: string): unknown {
  return parse(readFileSync(path, 'utf8'));
}
