import { describe, expect, test, vi } from 'vitest';
import { FakeClock } from '../../testing/fake-clock.ts';
import { kept } from './kept.ts';

describe('an answer that is kept', () => {
  test('is asked for once, also by several at the same time', async () => {
    const ask = vi.fn(() => Promise.resolve('2.17.0'));
    const about = kept(new FakeClock(), ask);
    expect(await Promise.all([about(0), about(0)])).toEqual(['2.17.0', '2.17.0']);
    await about(0);
    expect(ask).toHaveBeenCalledTimes(1);
  });

  test('is asked for again after some minutes', async () => {
    const clock = new FakeClock();
    const ask = vi.fn(() => Promise.resolve('2.17.0'));
    const about = kept(clock, ask);
    await about(0);
    await clock.advance(300_001);
    await about(0);
    expect(ask).toHaveBeenCalledTimes(2);
  });

  test('is asked for again after a failure', async () => {
    const ask = vi.fn(() => Promise.resolve('2.17.0')).mockRejectedValueOnce(new Error('down'));
    const about = kept(new FakeClock(), ask);
    await expect(about(0)).rejects.toThrow('down');
    await expect(about(0)).resolves.toBe('2.17.0');
  });
});
