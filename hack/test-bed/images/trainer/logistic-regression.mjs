import { randomSource } from './random.mjs';

/** The mean and the spread of each input, so that all inputs weigh alike at the start. */
export function scalingOf(examples) {
  return examples[0].inputs.map((_, column) => {
    const values = examples.map(({ inputs }) => inputs[column]);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
    return { mean, deviation: Math.sqrt(variance) || 1 };
  });
}

/** The probability that the label is 1, as its logit. */
export function score(model, inputs) {
  return inputs.reduce(
    (sum, value, column) =>
      sum + (model.weights[column] * (value - model.scaling[column].mean)) / model.scaling[column].deviation,
    model.bias,
  );
}

/** Stochastic gradient descent: one pass over all examples in a new order for each epoch. */
export function train(examples, { epochs, learningRate, seed, onEpoch }) {
  const random = randomSource(seed);
  const scaling = scalingOf(examples);
  const model = { bias: 0, weights: scaling.map(() => 0), scaling };
  for (let epoch = 1; epoch <= epochs; epoch++) {
    for (const { inputs, label } of shuffled(examples, random)) {
      const step = learningRate * (1 / (1 + Math.exp(-score(model, inputs))) - label);
      model.bias -= step;
      inputs.forEach((value, column) => {
        model.weights[column] -= (step * (value - scaling[column].mean)) / scaling[column].deviation;
      });
    }
    onEpoch(epoch, loss(model, examples));
  }
  return model;
}

function shuffled(values, random) {
  const result = [...values];
  for (let last = result.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [result[last], result[other]] = [result[other], result[last]];
  }
  return result;
}

/** Mean logistic loss; guessing costs ln 2 = 0.693. Computed from the logit, so that it stays finite. */
export function loss(model, examples) {
  const costs = examples.map(({ inputs, label }) => {
    const logit = score(model, inputs) * (label === 1 ? 1 : -1);
    return Math.max(0, -logit) + Math.log1p(Math.exp(-Math.abs(logit)));
  });
  return costs.reduce((sum, cost) => sum + cost, 0) / costs.length;
}

export function accuracy(model, examples) {
  const right = examples.filter(({ inputs, label }) => score(model, inputs) > 0 === (label === 1));
  return right.length / examples.length;
}

/** How often a customer who left is ranked above one who stayed; ties count half. */
export function areaUnderCurve(model, examples) {
  const ranked = examples.map(({ inputs, label }) => ({ label, score: score(model, inputs) }));
  const [left, stayed] = [1, 0].map((wanted) => ranked.filter(({ label }) => label === wanted));
  let above = 0;
  for (const one of left) {
    for (const other of stayed) above += one.score > other.score ? 1 : one.score === other.score ? 0.5 : 0;
  }
  return above / (left.length * stayed.length);
}
