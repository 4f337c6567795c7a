import { gunzipSync, inflateRawSync } from 'node:zlib';

const maxBytes = 32 * 1024 * 1024;
const tarBlockBytes = 512;

/**
 * The pipeline in an uploaded file: YAML or JSON as it is, or the first file of a zip or tar.gz archive.
 * @returns undefined when the server would not read it
 */
export function readPipelineFile(fileName: string, content: Buffer): string | undefined {
  if (content.length > maxBytes) return undefined;
  if (/\.(?:ya?ml|json)$/iu.test(fileName)) return content.toString('utf8');
  if (/\.zip$/iu.test(fileName)) return firstOfZip(content)?.toString('utf8');
  if (/\.(?:tar\.gz|tgz)$/iu.test(fileName)) return firstOfTar(gunzipSync(content)).toString('utf8');
  return undefined;
}

/** By the central directory, because sizes may be missing in front of the data. */
function firstOfZip(zip: Buffer): Buffer | undefined {
  const end = zip.lastIndexOf(Buffer.from('PK\u0005\u0006', 'latin1'));
  if (end < 0) return undefined;
  const directory = zip.readUInt32LE(end + 16);
  const method = zip.readUInt16LE(directory + 10);
  const compressedBytes = zip.readUInt32LE(directory + 20);
  const header = zip.readUInt32LE(directory + 42);
  const start = header + 30 + zip.readUInt16LE(header + 26) + zip.readUInt16LE(header + 28);
  const data = zip.subarray(start, start + compressedBytes);
  return method === 0 ? data : inflateRawSync(data);
}

function firstOfTar(tar: Buffer): Buffer {
  const bytes = Number.parseInt(tar.subarray(124, 136).toString('latin1').trim(), 8);
  return tar.subarray(tarBlockBytes, tarBlockBytes + bytes);
}
