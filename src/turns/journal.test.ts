import { describe, expectTypeOf, test } from 'vitest';
import type { Citation, PipelineRun, UsageTotals } from '../api/common.ts';
import type { Call as ApiCall, CallOutcome as ApiCallOutcome, Step as ApiStep } from '../api/turn.ts';
import type { Call, CallOutcome, JournalCitation, JournalRun, JournalUsage, Step } from './journal.ts';

describe('journal types', () => {
  test('have the shape of Turn.status', () => {
    expectTypeOf<Step>().toEqualTypeOf<ApiStep>();
    expectTypeOf<Call>().toEqualTypeOf<ApiCall>();
    expectTypeOf<CallOutcome>().toEqualTypeOf<ApiCallOutcome>();
    expectTypeOf<JournalRun>().toEqualTypeOf<PipelineRun>();
    expectTypeOf<JournalCitation>().toEqualTypeOf<Citation>();
    expectTypeOf<JournalUsage>().toEqualTypeOf<UsageTotals>();
  });
});
