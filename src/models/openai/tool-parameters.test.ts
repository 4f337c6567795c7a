import { expect, test } from 'vitest';
import { strictSchema, wireSchema, withoutOptionalNulls } from './tool-parameters.ts';

const list = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object',
  properties: {
    state: { type: 'string', enum: ['Failed', 'Running'], 'x-inventory': 'state' },
    limit: { type: 'integer', default: 20, maximum: 100 },
    range: { type: 'object', properties: { from: { type: 'string' } } },
  },
  required: ['state'],
};

test('strict form requires every property, makes optional ones nullable and closes every object', () => {
  expect(strictSchema(list)).toEqual({
    type: 'object',
    properties: {
      state: { type: 'string', enum: ['Failed', 'Running'] },
      limit: { anyOf: [{ type: 'integer', maximum: 100 }, { type: 'null' }] },
      range: {
        anyOf: [
          {
            type: 'object',
            properties: { from: { anyOf: [{ type: 'string' }, { type: 'null' }] } },
            required: ['from'],
            additionalProperties: false,
          },
          { type: 'null' },
        ],
      },
    },
    required: ['state', 'limit', 'range'],
    additionalProperties: false,
  });
});

test.each(
  Object.entries({
    'an open map': {
      type: 'object',
      properties: { params: { type: 'object', additionalProperties: { type: 'string' } } },
    },
    'an object of unknown shape': { type: 'object', properties: { content: { type: 'object' } } },
    'a value of any type': { type: 'object', properties: { value: {} } },
    'a choice that must fit once': { type: 'object', properties: { value: { oneOf: [{ type: 'string' }] } } },
  }),
)('strict form does not exist for %s', (_name, schema) => {
  expect(strictSchema(schema)).toBeUndefined();
});

test('the wire form keeps defaults and drops only what is not for the wire', () => {
  expect(wireSchema(list)).toMatchObject({ properties: { limit: { default: 20 } } });
  expect(JSON.stringify(wireSchema(list))).not.toMatch(/x-inventory|\$schema/);
});

test('a property may have the name of a keyword', () => {
  const schema = { type: 'object', properties: { default: { type: 'string' } }, required: ['default'] };
  expect(strictSchema(schema)).toMatchObject({ properties: { default: { type: 'string' } } });
});

test('nulls are dropped where nothing was required, also inside lists, and kept where null is a value', () => {
  const schema = {
    type: 'object',
    properties: {
      name: { type: 'string' },
      note: { type: ['string', 'null'] },
      items: { type: 'array', items: { type: 'object', properties: { x: { type: 'string' } } } },
      must: { type: 'string' },
    },
    required: ['must'],
  };
  expect(withoutOptionalNulls(schema, { name: null, note: null, items: [{ x: null }], must: null })).toEqual({
    note: null,
    items: [{}],
    must: null,
  });
});
