import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { createBuiltinModel } from '../../src/models/builtin/builtin-model.ts';
import { createInterpreter } from './interpreter.ts';
import { judge, type Score, scoreOf } from './score.ts';
import { type Item, type Prediction, readSet } from './utterance-set.ts';
import { inventoryOf } from './world-inventory.ts';

const { values } = parseArgs({
  options: { set: { type: 'string' }, out: { type: 'string' }, wrong: { type: 'boolean' } },
});
if (values.set === undefined || values.out === undefined) {
  console.error('usage: npm run --silent eval:interpret -- --set FILE --out PREDICTIONS.jsonl [--wrong]');
  process.exit(2);
}

const { name, now, world, items } = readSet(values.set);
const interpreter = createInterpreter(createBuiltinModel(), inventoryOf(world), new Date(now));
const predictions: Prediction[] = [];
// Only what was said is handed on: the expectations are read by the scoring below, after the last prediction.
for (const { id, utterance, previous } of items) {
  const calls = await interpreter.interpret({ utterance, ...(previous && { previous }) });
  const last = calls.at(-1) ?? { agent: 'supervisor', tool: 'none', args: {} };
  predictions.push({ id, ...last, ...(calls.length > 1 && { steps: calls }) });
}
writeFileSync(values.out, predictions.map((prediction) => `${JSON.stringify(prediction)}\n`).join(''));

const byId = new Map(predictions.map((prediction) => [prediction.id, prediction]));
const levels = [...new Set(items.map(({ level }) => level))];
console.log(`${name}: ${items.length} requests`);
for (const level of levels)
  print(
    level,
    scoreOf(
      items.filter((item) => item.level === level),
      byId,
    ),
  );
print('overall', scoreOf(items, byId));
if (values.wrong === true)
  items
    .filter((item) => !judge(item, byId.get(item.id)).tool || judge(item, byId.get(item.id)).missed > 0)
    .forEach(printWrong);

function print(label: string, { items: count, route, tool, slotF1 }: Score): void {
  console.log(
    `${label.padEnd(14)} n=${String(count).padStart(3)}  route ${route.toFixed(3)}  tool ${tool.toFixed(3)}  slot F1 ${slotF1.toFixed(3)}`,
  );
}

function printWrong(item: Item): void {
  const prediction = byId.get(item.id);
  console.log(
    `${judge(item, prediction).tool ? 'slot' : 'TOOL'} ${item.id} ${item.utterance}\n  want ${JSON.stringify(item.expect)}\n  made ${JSON.stringify(prediction?.steps ?? prediction)}`,
  );
}
