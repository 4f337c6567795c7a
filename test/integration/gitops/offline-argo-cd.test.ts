import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { projectRoot } from '../../support/test-cluster.ts';
import { customizations, testsOfAllKinds } from './customizations.ts';

const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'swarm');
/** Built by `make test-gitops`; too long a build for this suite. */
const argocd = join(cache, `bin/argocd-${versionOfTestBed()}/argocd`);
const settings = join(projectRoot, 'contrib/argocd/argocd-cm.yaml');

function versionOfTestBed(): string {
  const module = readFileSync(join(projectRoot, 'hack/test-bed/argocd/go.mod'), 'utf8');
  return /github\.com\/argoproj\/argo-cd\/v3 (v\S+)/.exec(module)?.[1] ?? '';
}

function resourceOverrides(...args: readonly string[]): string {
  return execFileSync(argocd, ['admin', 'settings', 'resource-overrides', ...args, '--argocd-cm-path', settings], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ARGOCD_BINARY_NAME: 'argocd' },
  });
}

const input = (kind: string, state: string) => join(customizations, kind, 'testdata', `${state}.yaml`);

describe.runIf(existsSync(argocd))('Argo CD itself, with the ConfigMap of this project', () => {
  /** A process each, so one state of each kind: all states are in customizations.test.ts. */
  const states = ['awaiting-approval', 'succeeded', 'ready'];
  const table = testsOfAllKinds().map(({ kind, health }) => {
    const one = health.find(({ inputPath }) => states.some((state) => inputPath === `testdata/${state}.yaml`));
    if (!one) throw new Error(`no test data of ${kind}`);
    return { kind, ...one };
  });

  test.each(table)('sees the health of $kind $inputPath', ({ kind, inputPath, healthStatus }) => {
    const said = resourceOverrides('health', join(customizations, kind, inputPath));
    expect(said).toBe(`STATUS: ${healthStatus.status}\nMESSAGE: ${healthStatus.message ?? ''}\n`);
  });

  test('lists the actions of an intent that waits for a person', () => {
    const said = resourceOverrides('list-actions', input('Intent', 'awaiting-approval'));
    const rows = said
      .split('\n')
      .slice(1)
      .map((row) => row.trim().split(/\s+/));
    expect(Object.fromEntries(rows.filter(({ length }) => length > 1))).toMatchObject({
      approve: 'false',
      deny: 'false',
      cancel: 'false',
      retry: 'true',
    });
  });

  test('makes an Approval of the call that waits', () => {
    const said = resourceOverrides('run-action', input('Intent', 'awaiting-approval'), 'approve');
    expect(said).toMatch(/kind: Approval/);
    expect(said).toMatch(/decision: Approve/);
  });

  test('cancels a turn', () => {
    expect(resourceOverrides('run-action', input('Turn', 'waiting'), 'cancel')).toMatch(/[>+] *cancel: true/);
  });
});
