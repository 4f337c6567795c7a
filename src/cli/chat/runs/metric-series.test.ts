import { describe, expect, it } from 'vitest';
import { metricsOfLog, seriesLimits } from './metric-series.ts';

describe('metrics in the log of a step', () => {
  it('are what the lines assign, without the counters beside them', () => {
    const lines = ['epoch=1 loss=0.9 accuracy: 0.5', 'saved a checkpoint', 'epoch=2 loss=0.41 accuracy: 0.75'];

    expect(metricsOfLog(lines)).toEqual([
      { name: 'loss', values: [0.9, 0.41] },
      { name: 'accuracy', values: [0.5, 0.75] },
    ]);
  });

  it('may be written with exponents, signs and dots in the name', () => {
    expect(metricsOfLog(['val/loss=1e-3', 'val/loss=-.5'])).toEqual([{ name: 'val/loss', values: [0.001, -0.5] }]);
  });

  it('may stand behind a blank when they have a fraction', () => {
    expect(metricsOfLog(['epoch 1/2 loss 0.6931', 'epoch 2/2 loss 0.41'])).toEqual([
      { name: 'loss', values: [0.6931, 0.41] },
    ]);
  });

  const noMetrics = {
    'a version': ['version=1.2.3', 'version=1.2.4'],
    'a time of day': ['at 10:30', 'at 10:31'],
    'an address': ['http://10.0.0.1:8080/a', 'http://10.0.0.1:8080/b'],
    'a size with its unit': ['memory=10Mi', 'memory=20Mi'],
    'a share in percent': ['done=10%', 'done=20%'],
    'a count in a sentence': ['sleeping for 30 s', 'sleeping for 20 s'],
    'a single line': ['loss=0.5'],
    'no number at all': ['loss=nan', 'loss=nan'],
  };
  it.each(Object.entries(noMetrics))('are not read from %s', (_name, lines) => {
    expect(metricsOfLog(lines)).toEqual([]);
  });

  it('are bounded in number and length', () => {
    const lines = Array.from({ length: 1_000 }, (_, index) =>
      Array.from({ length: 20 }, (_, name) => `m${String.fromCharCode(97 + name)}=${index}`).join(' '),
    );

    const series = metricsOfLog(lines);

    expect(series).toHaveLength(seriesLimits.names);
    expect(series[0]?.values).toHaveLength(seriesLimits.values);
    expect(series[0]?.values.at(-1)).toBe(999);
  });
});
