/** What the first bytes of an object tell: a text in some encoding, or what else it seems to be. */
export type Sniffed =
  | { readonly kind: 'text'; readonly encoding: 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252' }
  | { readonly kind: 'binary'; readonly what: string; readonly hint?: string };

interface Signature {
  readonly bytes: readonly number[];
  readonly what: string;
  readonly hint?: string;
}

const dataset = 'profile_dataset and query_dataset read it.';

/** First bytes by which formats are known. */
const signatures: readonly Signature[] = [
  { bytes: [0x50, 0x41, 0x52, 0x31], what: 'a Parquet file', hint: dataset },
  { bytes: [0x25, 0x50, 0x44, 0x46], what: 'a PDF', hint: 'read_pdf reads its text.' },
  { bytes: [0x1f, 0x8b], what: 'gzip-compressed data' },
  { bytes: [0x50, 0x4b, 0x03, 0x04], what: 'a ZIP archive (also .xlsx, .docx, .npz and PyTorch models)' },
  { bytes: [0x28, 0xb5, 0x2f, 0xfd], what: 'Zstandard-compressed data' },
  { bytes: [0x42, 0x5a, 0x68], what: 'bzip2-compressed data' },
  { bytes: [0xfd, 0x37, 0x7a, 0x58, 0x5a], what: 'xz-compressed data' },
  { bytes: [0x89, 0x50, 0x4e, 0x47], what: 'a PNG image' },
  { bytes: [0xff, 0xd8, 0xff], what: 'a JPEG image' },
  { bytes: [0x47, 0x49, 0x46, 0x38], what: 'a GIF image' },
  { bytes: [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59], what: 'a NumPy array' },
  { bytes: [0x89, 0x48, 0x44, 0x46], what: 'an HDF5 file' },
  { bytes: [0x4f, 0x62, 0x6a, 0x01], what: 'an Avro file' },
  { bytes: [0x41, 0x52, 0x52, 0x4f, 0x57, 0x31], what: 'an Arrow file' },
  { bytes: [0x53, 0x51, 0x4c, 0x69, 0x74, 0x65], what: 'an SQLite database' },
  { bytes: [0x47, 0x47, 0x55, 0x46], what: 'a GGUF model' },
  { bytes: [0x7f, 0x45, 0x4c, 0x46], what: 'an executable' },
  { bytes: [0x80, 0x04, 0x95], what: 'a Python pickle' },
];

/** @param head the first bytes, 64 KiB are enough; @param isWhole whether the object has no more than these. */
export function sniff(head: Buffer, isWhole: boolean): Sniffed {
  const signature = signatures.find(({ bytes }) => bytes.every((byte, index) => head[index] === byte));
  if (signature) {
    const { what, hint } = signature;
    return { kind: 'binary', what, ...(hint !== undefined && { hint }) };
  }
  if (head[0] === 0xff && head[1] === 0xfe) return { kind: 'text', encoding: 'utf-16le' };
  if (head[0] === 0xfe && head[1] === 0xff) return { kind: 'text', encoding: 'utf-16be' };
  if (head.includes(0)) return { kind: 'binary', what: 'binary data' };
  if (isUtf8(head, isWhole)) return { kind: 'text', encoding: 'utf-8' };
  return hasControls(head) ? { kind: 'binary', what: 'binary data' } : { kind: 'text', encoding: 'windows-1252' };
}

/** A character at the cut may be incomplete. */
function isUtf8(head: Buffer, isWhole: boolean): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(head, { stream: !isWhole });
    return true;
  } catch {
    return false;
  }
}

/** Control characters that no text has: all but tab, line ends, form feed and escape (coloured logs). */
function hasControls(head: Buffer): boolean {
  return head.some((byte) => byte < 0x20 && ![0x09, 0x0a, 0x0c, 0x0d, 0x1b].includes(byte));
}
