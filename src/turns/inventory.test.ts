import { describe, expect, test } from 'vitest';
import type { Agent } from '../agents/agent.ts';
import { RetryableError } from '../base/errors.ts';
import { FakeClock } from '../testing/fake-clock.ts';
import { silentLog } from '../testing/tool-context.ts';
import { anAgent, aTool } from '../testing/turn-world.ts';
import { createAgentRegistry } from './agent-registry.ts';
import { createInventory } from './inventory.ts';

const scope = { namespace: 'team-a', serviceAccountName: 'swarm-runner', log: silentLog };

function given(inventory: NonNullable<Agent['inventory']>) {
  const clock = new FakeClock();
  const tool = aTool('t', 'pure', { execute: () => ({ kind: 'ok', summary: '', data: {} }) });
  const registry = createAgentRegistry([{ ...anAgent('kfp', [tool]), inventory }]);
  return { clock, read: createInventory(registry, clock) };
}

const item = { agent: 'kfp', kind: 'pipeline', name: 'forecast', attributes: {} };

describe('the inventory', () => {
  test('is read once for turns that run side by side, and anew a moment later', async () => {
    let reads = 0;
    const { clock, read } = given(() => {
      reads += 1;
      return Promise.resolve([item]);
    });
    const both = await Promise.all([read(['kfp'], scope), read(['kfp'], scope)]);
    expect(both).toEqual([
      { items: [item], unavailable: [] },
      { items: [item], unavailable: [] },
    ]);
    expect(reads).toBe(1);
    await clock.advance(2_001);
    await read(['kfp'], scope);
    expect(reads).toBe(2);
  });

  test('does without a backend that hangs, and asks it again only after a while', async () => {
    let reads = 0;
    const { clock, read } = given(() => {
      reads += 1;
      return new Promise(() => undefined);
    });
    const first = read(['kfp'], scope);
    await clock.advance(5_000);
    expect((await first).unavailable).toEqual([expect.stringMatching(/^The kfp agent cannot list what exists/)]);
    await clock.advance(20_000);
    expect((await read(['kfp'], scope)).items).toEqual([]);
    expect(reads).toBe(1);
  });

  test('comes back at once with a backend that failed at once', async () => {
    let isDown = true;
    const { clock, read } = given(() =>
      isDown ? Promise.reject(new RetryableError('Unavailable', 'down')) : Promise.resolve([item]),
    );
    expect((await read(['kfp'], scope)).unavailable).toHaveLength(1);
    isDown = false;
    await clock.advance(2_001);
    expect((await read(['kfp'], scope)).items).toEqual([item]);
  });

  test('is another one for other settings, accounts and namespaces', async () => {
    const seen: string[] = [];
    const { read } = given(({ namespace, configName = '' }) => {
      seen.push(`${namespace}/${configName}`);
      return Promise.resolve([]);
    });
    await Promise.all([
      read(['kfp'], scope),
      read(['kfp'], { ...scope, configName: 'other' }),
      read(['kfp'], { ...scope, namespace: 'team-b' }),
    ]);
    expect(seen.sort()).toEqual(['team-a/', 'team-a/other', 'team-b/']);
  });
});
