import { ObjectStoreRefusedError, type ObjectStoreRefusal } from '../../backends/s3/object-store-refused-error.ts';
import type { ObjectStoreSource } from '../../backends/s3/object-store.ts';
import { attempt } from '../../base/attempt.ts';
import { failure } from '../found.ts';
import { didYouMean } from '../nearest-names.ts';
import type { Tool, ToolContext, ToolFailure } from '../tool.ts';

/** A refusal of the store or of the policy is something a model can use: no tool has to care for it itself. */
export function answeringRefusals(tool: Tool, store: ObjectStoreSource): Tool {
  const answering = async <T>(work: Promise<T>, input: never, context: ToolContext): Promise<T | ToolFailure> => {
    try {
      return await work;
    } catch (error) {
      if (!(error instanceof ObjectStoreRefusedError)) throw error;
      return refusal(error, await hintFor(error, { input, context, store }));
    }
  };
  const precheck: Tool['precheck'] = (input, context) =>
    answering(tool.precheck?.(input, context) ?? Promise.resolve(undefined), input, context);
  // What is refused only now is said when the call is carried out.
  const preview: Tool['preview'] = async (input, context) => {
    const text = await answering(tool.preview?.(input, context) ?? Promise.resolve(undefined), input, context);
    return typeof text === 'string' ? text : undefined;
  };
  return {
    ...tool,
    execute: (input, context) => answering(tool.execute(input, context), input, context),
    ...(tool.precheck && { precheck }),
    ...(tool.preview && { preview }),
  };
}

const codes: Readonly<Record<ObjectStoreRefusal, string>> = {
  NoSuchBucket: 'NotFound',
  NoSuchObject: 'NotFound',
  AccessDenied: 'Forbidden',
  OutOfPolicy: 'Forbidden',
  InvalidName: 'InvalidArgument',
  BucketTaken: 'AlreadyExists',
  Changed: 'Changed',
  TooLarge: 'TooLarge',
  Archived: 'Archived',
  Rejected: 'Rejected',
};

function refusal(error: ObjectStoreRefusedError, hint: string | undefined): ToolFailure {
  return failure(codes[error.code], error.message.slice(0, 1_000), hint);
}

interface Asked {
  /** Arguments of the tool that have passed its schema. */
  readonly input: unknown;
  readonly context: ToolContext;
  readonly store: ObjectStoreSource;
}

/** For a bucket that is not there, the nearest one that is. */
async function hintFor(error: ObjectStoreRefusedError, { input, context, store }: Asked): Promise<string | undefined> {
  if (error.code !== 'NoSuchBucket') return error.hint;
  const buckets = await attempt(async () => (await store.store(context)).listBuckets());
  // The refusal is the answer; that there is no better hint changes nothing.
  if (!buckets.ok) return error.hint;
  const names = buckets.value.map(({ name }) => name);
  const wanted = bucketsIn(input).find((name) => !names.includes(name)) ?? '';
  return (
    didYouMean(wanted, names) ??
    (names.length === 0 ? 'There are no buckets.' : `There are: ${names.slice(0, 10).join(', ')}.`)
  );
}

function bucketsIn(input: unknown): readonly string[] {
  const { bucket, toBucket } = input as { readonly bucket?: string; readonly toBucket?: string };
  return [bucket, toBucket].filter((name) => name !== undefined);
}
