import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { crc32, deflateRawSync, gzipSync } from 'node:zlib';
import { parse } from 'yaml';
import { recordedFolder } from './recorded-lines.ts';

const folder = `${recordedFolder}/pipelines`;
const hello = readFileSync(`${folder}/hello_world.yaml`);
const mebibyte = 1024 * 1024;

export interface RecordedPart {
  readonly name: string;
  readonly filename: string;
  readonly contentType: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** The recording has only the size and digest of an upload; these are the files, or as good as these. */
export function contentOf(part: RecordedPart, caseName: string): Buffer {
  const known = exact.get(part.sha256);
  if (known) return known;
  if (part.filename.endsWith('.zip')) return zipped('pipeline.yaml', hello);
  if (part.filename.endsWith('.tar.gz')) return gzipSync(tarred('pipeline.yaml', hello));
  if (part.filename.endsWith('.json')) return Buffer.from(JSON.stringify(parse(hello.toString('utf8'))));
  if (part.bytes > mebibyte)
    return Buffer.concat([hello, Buffer.from(`# ${'x'.repeat(part.bytes - hello.length - 3)}\n`)]);
  const likely = alike[caseName];
  if (likely === undefined) throw new Error(`${caseName}: no file of ${part.bytes} bytes with digest ${part.sha256}`);
  return Buffer.from(likely);
}

const alike: Readonly<Record<string, string>> = {
  'Argo Workflow (version 1 pipeline)': [
    'apiVersion: argoproj.io/v1alpha1',
    'kind: Workflow',
    'metadata:',
    '  generateName: argo-v1-',
    'spec:',
    '  entrypoint: main',
    '  templates:',
    '  - name: main',
    '    container: {image: busybox, command: [echo, hello]}',
    '',
  ].join('\n'),
};

const variants = [
  ...readdirSync(folder).map((name) => readFileSync(`${folder}/${name}`)),
  Buffer.alloc(0),
  Buffer.from('a: 1\n'),
  Buffer.from(`${hello.toString('utf8')}frobnicate: 1\n`),
  Buffer.from(hello.toString('utf8').replace('2.1.0', '2.0.0')),
  Buffer.from(hello.toString('utf8').replaceAll(/(?<=Value: |Default: ')world/gu, 'moon')),
  Buffer.from(hello.toString('utf8').replace('  name: hello-world\n', '')),
];

const exact = new Map(variants.map((content) => [createHash('sha256').update(content).digest('hex'), content]));

/** An archive of one file. */
function zipped(name: string, content: Buffer): Buffer {
  const data = deflateRawSync(content);
  const sizes = Buffer.alloc(16);
  sizes.writeUInt32LE(crc32(content), 0);
  sizes.writeUInt32LE(data.length, 4);
  sizes.writeUInt32LE(content.length, 8);
  sizes.writeUInt16LE(name.length, 12);
  const fixed = Buffer.from([20, 0, 0, 0, 8, 0, 0, 0, 0, 0]);
  const local = Buffer.concat([Buffer.from('PK\u0003\u0004'), fixed, sizes, Buffer.from(name)]);
  const rest = Buffer.alloc(14);
  const central = Buffer.concat([
    Buffer.from('PK\u0001\u0002'),
    Buffer.from([20, 0]),
    fixed,
    sizes,
    rest,
    Buffer.from(name),
  ]);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(1, 4);
  end.writeUInt16LE(1, 6);
  end.writeUInt32LE(central.length, 8);
  end.writeUInt32LE(local.length + data.length, 12);
  return Buffer.concat([local, data, central, Buffer.from('PK\u0005\u0006'), end]);
}

function tarred(name: string, content: Buffer): Buffer {
  const header = Buffer.alloc(512);
  header.write(name, 0);
  header.write('0000644\0', 100);
  header.write(`${content.length.toString(8).padStart(11, '0')}\0`, 124);
  header.write('        ', 148);
  header.write('0ustar\u000000', 156);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  const padding = Buffer.alloc((512 - (content.length % 512)) % 512);
  return Buffer.concat([header, content, padding, Buffer.alloc(1024)]);
}
