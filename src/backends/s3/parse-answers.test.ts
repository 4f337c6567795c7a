import { describe, expect, test } from 'vitest';
import { TerminalError } from '../../base/errors.ts';
import { parseBuckets, parseFailure, parseObjects, parseTags, parseVersions } from './parse-answers.ts';

const xml = '<?xml version="1.0" encoding="UTF-8"?>\n';
const namespace = 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"';
const object = (key: string) =>
  `<Contents><Key>${key}</Key><LastModified>2026-01-01T00:00:00.000Z</LastModified><ETag>&#34;abc&#34;</ETag><Size>5</Size>` +
  '<Owner><ID>0</ID><DisplayName></DisplayName></Owner><StorageClass>STANDARD</StorageClass></Contents>';
const listing = (keys: readonly string[], rest = '') =>
  `${xml}<ListBucketResult ${namespace}><Name>raw</Name><Prefix></Prefix><KeyCount>1</KeyCount>${rest}${keys.map(object).join('')}</ListBucketResult>`;
const encoded = '<EncodingType>url</EncodingType>';

describe('lists of objects', () => {
  test.each([
    ['0012', encoded, '0012'],
    ['1e5', '', '1e5'],
    ['true', '', 'true'],
    ['a+b', encoded, 'a b'],
    ['a+b', '', 'a+b'],
    ['a%2Bb', encoded, 'a+b'],
    ['a%2Bb', '', 'a%2Bb'],
    [' padded ', '', ' padded '],
    ['&lt;Key&gt;&amp;amp;&quot;&apos;&#34;&#x27;', '', `<Key>&amp;"'"'`],
    ['%3CContents%3E', encoded, '<Contents>'],
    ['&#x1F642;', '', '🙂'],
    ['&#x110000;', '', '&#x110000;'],
    ['two\nlines', '', 'two\nlines'],
  ])('the key %j with %j is %j', (written, rest, key) => {
    expect(parseObjects(listing([written], rest)).objects).toEqual([
      { key, sizeBytes: 5, modifiedAt: '2026-01-01T00:00:00.000Z', etag: 'abc' },
    ]);
  });

  test('go on while they say so', () => {
    const more = '<IsTruncated>true</IsTruncated><NextContinuationToken>0012</NextContinuationToken>';
    expect(parseObjects(listing(['a'], more)).continuation).toBe('0012');
    expect(parseObjects(listing(['a'], more.replace('true', 'false'))).continuation).toBeUndefined();
  });

  test('may be empty', () => {
    expect(parseObjects(listing([]))).toEqual({ objects: [] });
    expect(parseObjects('<ListBucketResult/>')).toEqual({ objects: [] });
  });
});

test('versions are those of the very key, the newest first', () => {
  const version = (key: string, id: string, day: number) =>
    `<Key>${key}</Key><VersionId>${id}</VersionId><LastModified>2026-01-0${day}T00:00:00Z</LastModified><Size>${day}</Size>`;
  const latest = '<IsLatest>true</IsLatest>';
  const text = `<ListVersionsResult><VersionIdMarker></VersionIdMarker>${[
    `<Version>${version('a', 'v1', 1)}</Version>`,
    `<Version>${version('a', 'v2', 2)}</Version>`,
    `<Version>${version('a.bak', 'v9', 9)}${latest}</Version>`,
    `<DeleteMarker>${version('a', 'd3', 3)}${latest}</DeleteMarker>`,
  ].join('')}</ListVersionsResult>`;
  expect(
    parseVersions(text, 'a').map(({ versionId, isDeletion, sizeBytes }) => ({ versionId, isDeletion, sizeBytes })),
  ).toEqual([
    { versionId: 'd3', isDeletion: true, sizeBytes: 0 },
    { versionId: 'v2', isDeletion: false, sizeBytes: 2 },
    { versionId: 'v1', isDeletion: false, sizeBytes: 1 },
  ]);
});

test('buckets and tags are read, or there are none', () => {
  const bucket = '<Bucket><Name>raw</Name><CreationDate>2026-01-01T00:00:00Z</CreationDate></Bucket>';
  expect(
    parseBuckets(`<ListAllMyBucketsResult ${namespace}><Buckets>${bucket}</Buckets></ListAllMyBucketsResult>`),
  ).toEqual([{ name: 'raw', createdAt: '2026-01-01T00:00:00.000Z' }]);
  expect(parseBuckets('<ListAllMyBucketsResult><Buckets/></ListAllMyBucketsResult>')).toEqual([]);
  expect(parseTags('<Tagging><TagSet><Tag><Key>stage</Key><Value/></Tag></TagSet></Tagging>')).toEqual({ stage: '' });
  expect(parseTags('<Tagging><TagSet></TagSet></Tagging>')).toEqual({});
});

test.each([
  '',
  'not XML',
  '<html><ListBucketResult/></html>',
  '<Error><Code>x</Code></Error>',
  listing(['a']).replace('<Size>5</Size>', ''),
  listing(['a']).replace('2026', 'soon'),
])('what is no list is not taken for an empty one: %s', (text) => {
  expect(() => parseObjects(text)).toThrow(TerminalError);
});

test('the words of a failure are read, and nothing else is taken for one', () => {
  expect(parseFailure(`${xml}<Error><Code>NoSuchKey</Code><Message>It&apos;s not there</Message></Error>`)).toEqual({
    code: 'NoSuchKey',
    message: "It's not there",
  });
  expect(parseFailure('<CopyObjectResult><ETag>"a"</ETag></CopyObjectResult>')).toBeUndefined();
});

test('a store that sends nonsense is done with quickly', () => {
  const nonsense = `<ListBucketResult>${'<Contents><Key>'.repeat(500_000)}`;
  expect(parseObjects(nonsense)).toEqual({ objects: [] });
  expect(() => parseObjects(`${nonsense}</Key></Contents></ListBucketResult>`)).toThrow(TerminalError);
});
