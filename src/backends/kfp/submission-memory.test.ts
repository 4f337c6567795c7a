import { describe, expect, test } from 'vitest';
import { FakeClock } from '../../testing/fake-clock.ts';
import { createSubmissionMemory } from './submission-memory.ts';

describe('the memory of submissions', () => {
  test('answers for what was decided since its process began to lead, whenever it first met Kubeflow Pipelines', () => {
    let leadingSince = new Date('2026-11-25T08:00:00Z');
    const memory = createSubmissionMemory(new FakeClock('2026-11-25T08:00:00Z'), () => leadingSince);
    const decidedAt = new Date('2026-11-25T08:05:00Z');
    expect(memory.covers(decidedAt)).toBe(true);
    leadingSince = new Date('2026-11-25T08:06:00Z');
    expect(memory.covers(decidedAt)).toBe(false);
  });

  test('answers for nothing that was decided before it was made', () => {
    const memory = createSubmissionMemory(new FakeClock('2026-11-25T08:00:00Z'));
    expect(memory.covers(new Date('2026-11-25T07:59:59Z'))).toBe(false);
    expect(memory.covers(new Date('2026-11-25T08:00:01Z'))).toBe(true);
  });
});
