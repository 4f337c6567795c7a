// One step of a training pipeline. Each result is written to a file of its name, as Tekton wants it.
//
//   train.mjs prepare   --dataset FILE [--label COLUMN]                        results: rows, churn-rate
//   train.mjs train     --dataset FILE --epochs N --learning-rate N [--seed N] results: loss, model
//   train.mjs evaluate  --dataset FILE --model JSON                            results: accuracy, auc
//
// Exit code 1: the training failed, 2: wrong usage, 3: something is wrong with the data.
import { mkdirSync, writeFileSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { parseArgs } from 'node:util';
import { DataError, readDataset } from './dataset.mjs';
import { accuracy, areaUnderCurve, loss, train } from './logistic-regression.mjs';

const dataFolder = join(import.meta.dirname, 'data');
const guessing = Math.log(2);

class UsageError extends Error {
  name = 'UsageError';
}

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    dataset: { type: 'string', default: 'churn.csv' },
    label: { type: 'string', default: 'churned' },
    epochs: { type: 'string', default: '20' },
    'learning-rate': { type: 'string', default: '0.001' },
    seed: { type: 'string', default: '1' },
    model: { type: 'string' },
    results: { type: 'string', default: '/tekton/results' },
  },
});

function numberOption(name, { highest, whole = false }) {
  const value = Number(options[name]);
  if (options[name] === '' || !(value > 0 && value <= highest) || (whole && !Number.isInteger(value))) {
    throw new UsageError(
      `${name} must be a ${whole ? 'whole ' : ''}number above 0 and at most ${highest}, not "${options[name]}"`,
    );
  }
  return value;
}

const dataset = () =>
  readDataset(isAbsolute(options.dataset) ? options.dataset : join(dataFolder, options.dataset), options.label);

const steps = {
  prepare() {
    const { rows, features, training, test } = dataset();
    const churned = [...training, ...test].filter(({ label }) => label === 1).length;
    console.log(`${options.dataset}: ${rows} rows, ${training.length} to train, ${test.length} to test`);
    console.log(`features: ${features.join(', ')}`);
    return { rows, 'churn-rate': (churned / rows).toFixed(4) };
  },

  train() {
    const epochs = numberOption('epochs', { highest: 10_000, whole: true });
    const learningRate = numberOption('learning-rate', { highest: 1_000 });
    const seed = numberOption('seed', { highest: 2 ** 31, whole: true });
    const { training } = dataset();
    const every = Math.ceil(epochs / 50);
    console.log(`training on ${training.length} rows, ${epochs} epochs, learning rate ${learningRate}, seed ${seed}`);
    const onEpoch = (epoch, value) => {
      if (epoch % every === 0 || epoch === epochs) console.log(`epoch ${epoch}/${epochs} loss ${value.toFixed(4)}`);
    };
    const model = train(training, { epochs, learningRate, seed, onEpoch });
    const reached = loss(model, training);
    if (!(reached < guessing)) {
      throw new Error(
        `training diverged: loss ${reached.toFixed(4)} is worse than guessing (${guessing.toFixed(4)}); try a lower learning rate`,
      );
    }
    const short = (_, value) => (typeof value === 'number' ? Number(value.toPrecision(6)) : value);
    return { loss: reached.toFixed(4), model: JSON.stringify(model, short) };
  },

  evaluate() {
    if (!options.model) throw new UsageError('--model is needed');
    const model = JSON.parse(options.model);
    const { test } = dataset();
    const result = { accuracy: accuracy(model, test).toFixed(4), auc: areaUnderCurve(model, test).toFixed(4) };
    console.log(`on ${test.length} rows the model has not seen: accuracy ${result.accuracy}, AUC ${result.auc}`);
    return result;
  },
};

try {
  const step = steps[positionals[0]];
  if (!step) throw new UsageError(`the step must be one of ${Object.keys(steps).join(', ')}`);
  mkdirSync(options.results, { recursive: true });
  for (const [name, value] of Object.entries(step())) writeFileSync(join(options.results, name), String(value));
} catch (error) {
  console.error(error);
  process.exitCode = error instanceof DataError ? 3 : error instanceof UsageError ? 2 : 1;
}
