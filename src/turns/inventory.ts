import type { InventoryContext, InventoryItem } from '../agents/agent.ts';
import { attempt } from '../base/attempt.ts';
import type { Clock } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import type { AgentRegistry } from './agent-registry.ts';
import { withTimeLimit } from './time-limit.ts';

export interface Inventory {
  readonly items: readonly InventoryItem[];
  /** One sentence per agent whose backend could not be asked. */
  readonly unavailable: readonly string[];
}

export type InventoryScope = Omit<InventoryContext, 'signal' | 'limit'>;

export type ReadInventory = (agents: readonly string[], scope: InventoryScope) => Promise<Inventory>;

/** How long one reading serves; turns that run side by side share it. */
const freshMs = 2_000;
/**
 * A backend that failed slowly is left alone for so long: no turn waits for it that has nothing to do with it. One that
 * fails at once costs nothing, and may be back at once.
 */
const failedSlowlyMs = 30_000;
const slowMs = 1_000;
const itemsPerAgent = 100;
const limitMs = 5_000;

interface Reading {
  untilMs: number;
  readonly inventory: Promise<Inventory>;
}

/** Reads what exists in the agents' backends. A backend that does not answer leaves a remark, never an error. */
export function createInventory(registry: AgentRegistry, clock: Clock): ReadInventory {
  const readings = new Map<string, Reading>();

  const read = async (name: string, scope: InventoryScope): Promise<Inventory> => {
    const agent = registry.agent(name);
    const items = await attempt(() =>
      // Several turns may wait for this reading: none of them ends it for the others.
      withTimeLimit({ clock, limitMs, signal: new AbortController().signal }, async (signal) => {
        return (await agent?.inventory?.({ ...scope, signal, limit: itemsPerAgent })) ?? [];
      }),
    );
    if (items.ok) return { items: items.value.slice(0, itemsPerAgent), unavailable: [] };
    const message = messageOf(items.error);
    scope.log.warn({ agent: name, error: message }, 'Reading the inventory failed');
    return { items: [], unavailable: [`The ${name} agent cannot list what exists: ${message}`] };
  };

  const shared = (name: string, scope: InventoryScope): Promise<Inventory> => {
    const nowMs = clock.monotonicMs();
    for (const [key, reading] of readings) if (nowMs > reading.untilMs) readings.delete(key);
    const key = [scope.namespace, scope.configName, scope.serviceAccountName, name].join('/');
    const known = readings.get(key);
    if (known) return known.inventory;
    const reading = { untilMs: nowMs + freshMs, inventory: read(name, scope) };
    readings.set(key, reading);
    void reading.inventory.then(({ unavailable }) => {
      const endedMs = clock.monotonicMs();
      if (unavailable.length > 0 && endedMs - nowMs >= slowMs) reading.untilMs = endedMs + failedSlowlyMs;
    });
    return reading.inventory;
  };

  return async (agents, scope) => {
    const all = await Promise.all(agents.map((name) => shared(name, scope)));
    return { items: all.flatMap(({ items }) => items), unavailable: all.flatMap(({ unavailable }) => unavailable) };
  };
}
