import { z } from 'zod';

/** RFC 3339 date-time without Zod's long pattern: the API server checks the format. */
export const timestamp = () => z.string().max(64).meta({ format: 'date-time' });

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

export const atomicList = () => ({ 'x-kubernetes-list-type': 'atomic' });
