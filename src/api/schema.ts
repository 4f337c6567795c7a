import { z } from 'zod';

/** RFC 3339 date-time without Zod's long pattern: the API server checks the format. */
export const timestamp = () => z.string().max(64).meta({ format: 'date-time' });

/** Generation of the spec that the status speaks of. */
export const observedGeneration = z
  .int()
  .min(0)
  .max(Number.MAX_SAFE_INTEGER)
  .optional()
  .describe('Generation of the spec that was last acted on.');

/** One CEL rule, carried into the CRD as x-kubernetes-validations. */
export interface CelRule {
  readonly rule: string;
  readonly message: string;
  readonly reason?: 'FieldValueInvalid' | 'FieldValueForbidden' | 'FieldValueRequired' | 'FieldValueDuplicate';
  readonly fieldPath?: string;
}

export const cel = (...rules: readonly CelRule[]) => ({ 'x-kubernetes-validations': rules });

/** A list whose entries are identified by these fields: server-side apply and CEL transition rules need it. */
export const mapList = (...keys: readonly string[]) => ({
  'x-kubernetes-list-type': 'map',
  'x-kubernetes-list-map-keys': keys,
});

/** An object of free keys holds at most so many of them. */
export const boundedMap = (maxProperties: number) => ({ maxProperties });

/** The rule that these fields keep their first value; an optional one that was absent stays absent. */
export function final(required: readonly string[], optional: readonly string[], message: string): CelRule {
  const kept = required.map((field) => `self.${field} == oldSelf.${field}`);
  const keptOrAbsent = optional.map(
    (field) =>
      `has(self.${field}) == has(oldSelf.${field}) && (!has(self.${field}) || self.${field} == oldSelf.${field})`,
  );
  return { rule: [...kept, ...keptOrAbsent].join(' && '), message };
}

export const atomicList = () => ({ 'x-kubernetes-list-type': 'atomic' });
