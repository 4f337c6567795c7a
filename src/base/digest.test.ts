import { expect, test } from 'vitest';
import { canonicalJson, sha256Base32, sha256Hex } from './digest.ts';

test('the order in which fields were written does not matter, that of a list does', () => {
  expect(canonicalJson({ b: [{ d: 1, c: 2 }], a: null })).toBe('{"a":null,"b":[{"c":2,"d":1}]}');
  expect(canonicalJson([2, 1])).not.toBe(canonicalJson([1, 2]));
});

// Part of the persistent format: objects out there are named so.
test('digests are those of the standard', () => {
  expect(sha256Hex('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  expect(sha256Base32('abc', 26)).toBe('xj4bnp4pahh6uqkbidpf3lrceo');
});
