import { z } from 'zod';
import { objectName } from './common.ts';

const secretKey = z
  .string()
  .min(1)
  .max(253)
  .regex(/^[-._a-zA-Z0-9]+$/);

/** One key of a Secret in the same namespace; another namespace cannot be named. */
export const secretKeyRef = (what: string, defaultKey: string) =>
  z
    .object({
      name: objectName('Name of the Secret, in the same namespace.'),
      key: secretKey.default(defaultKey).describe(`Key of the Secret; ${defaultKey} when absent.`),
    })
    .describe(what);

export const secretRef = (what: string) =>
  z.object({ name: objectName('Name of the Secret, in the same namespace.') }).describe(what);

export const httpUrl = (what: string) =>
  z
    .string()
    .min(8)
    .max(1024)
    .regex(/^https?:\/\/[^\s/?#]+[^\s]*$/)
    .describe(what);
