/** Bundles the operator into dist/swarm.mjs and the plugin of kubectl into dist/cli; tests and their fakes are no part of them. */
import { rmSync } from 'node:fs';
import { buildOperator } from './build/operator.ts';
import { buildPlugin } from './build/plugin.ts';

for (const stale of ['dist/chunks', 'dist/cli']) rmSync(stale, { recursive: true, force: true });
await buildOperator();
await buildPlugin();
