import { z } from 'zod';
import { existing } from '../argument.ts';

export const bucket = existing('bucket', 'Bucket, without s3:// in front.').max(63);

export const key = existing('object', 'Key of the object: its path inside the bucket.').max(1024);

export const newKey = z.string().min(1).max(1024);
