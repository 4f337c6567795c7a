import { z } from 'zod';
import { safeLine } from '../display/safe-text.ts';

/**
 * The part of Vega-Lite that is drawn here. Everything else is refused, not left out: expressions, signals, addresses,
 * transforms and images would let data that nobody vouches for run, read or call something.
 */

/** A name that Vega does not read as a path or an expression. */
const field = z.string().regex(/^[A-Za-z_]\w{0,63}$/);
/** Harmless wherever it ends up: on a terminal, and in XML, which has no place for control characters. */
const text = z.string().max(1_000).transform(safeLine);
const number = z.number().min(-1e300).max(1e300);
const scalar = z.union([text, number, z.boolean(), z.null()]);
const color = z.string().regex(/^(?:[a-z]{1,20}|#[0-9a-f]{3,8})$/);

const mark = z.strictObject({
  type: z.enum(['line', 'area', 'bar', 'point', 'arc', 'rect', 'text', 'rule', 'tick']),
  point: z.boolean().optional(),
  tooltip: z.boolean().optional(),
  opacity: number.optional(),
  size: z.number().min(0).max(1_000).optional(),
  color: color.optional(),
  strokeDash: z.array(z.number().min(0).max(100)).max(8).optional(),
  interpolate: z.enum(['linear', 'monotone', 'step', 'step-before', 'step-after']).optional(),
});

const channel = z.strictObject({
  field: field.optional(),
  type: z.enum(['quantitative', 'temporal', 'nominal', 'ordinal']).optional(),
  title: text.nullable().optional(),
  sort: z.union([z.null(), z.enum(['ascending', 'descending']), z.array(scalar).max(1_000)]).optional(),
  stack: z.boolean().nullable().optional(),
  scale: z
    .strictObject({
      zero: z.boolean().optional(),
      type: z.enum(['linear', 'log', 'symlog', 'sqrt', 'time']).optional(),
      domain: z.array(scalar).max(1_000).optional(),
    })
    .optional(),
  bin: z.strictObject({ binned: z.literal(true), step: z.number().positive().max(1e300).optional() }).optional(),
});
export type Channel = z.output<typeof channel>;

const encoding = z.partialRecord(z.enum(['x', 'y', 'x2', 'y2', 'color', 'theta', 'text', 'order']), channel);
export type Encoding = z.output<typeof encoding>;

/** Rows of one chart; twice what the tools of Swarm give. */
export const mostRows = 5_000;

const row = z.record(field, scalar).refine((fields) => Object.keys(fields).length <= 20);
export type Row = z.output<typeof row>;
const data = z.strictObject({ values: z.array(row).max(mostRows) });

const unit = z.strictObject({
  mark: z.union([mark.shape.type, mark]).transform((one) => (typeof one === 'string' ? { type: one } : one)),
  encoding: encoding.optional(),
  data: data.optional(),
});
export type Unit = z.output<typeof unit>;

const common = {
  $schema: text.optional(),
  title: text.optional(),
  width: z.number().min(20).max(2_000).optional(),
  height: z.number().min(20).max(2_000).optional(),
  data,
  encoding: encoding.optional(),
};

const specification = z.union([
  z.strictObject({ ...common, mark: unit.shape.mark }),
  z.strictObject({ ...common, layer: z.array(unit).min(1).max(8) }),
]);
export type Specification = z.output<typeof specification>;

/** As JSON of a Vega-Lite chart; undefined for what is not drawn here. */
export function readSpecification(value: unknown): Specification | undefined {
  const parsed = specification.safeParse(value);
  return parsed.success && hasFewBins(parsed.data) ? parsed.data : undefined;
}

/** What is drawn over each other, each with its own encoding and data, outermost first. */
export function unitsOf(
  spec: Specification,
): readonly (Unit & { readonly data: { readonly values: readonly Row[] } })[] {
  if ('mark' in spec) return [{ mark: spec.mark, encoding: spec.encoding, data: spec.data }];
  return spec.layer.map((layer) => ({
    mark: layer.mark,
    encoding: { ...spec.encoding, ...layer.encoding },
    data: layer.data ?? spec.data,
  }));
}

const mostBins = 1_000;

/** Vega makes a tick for each step between the first and the last bin. */
function hasFewBins(spec: Specification): boolean {
  return unitsOf(spec).every((one) =>
    Object.values(one.encoding ?? {}).every(({ bin, field: name }) => {
      if (bin?.step === undefined || name === undefined) return true;
      const numbers = one.data.values.map((fields) => fields[name]).filter((value) => typeof value === 'number');
      const extent = numbers.reduce((most, value) => Math.max(most, value), -Infinity) - Math.min(...numbers);
      return numbers.length === 0 || extent / bin.step <= mostBins;
    }),
  );
}
