// The little of the tar format (ustar) that container images need.
const BLOCK = 512;
const types = { file: '0', link: '2', directory: '5' };

/** A tar file of the entries `{ name, type, mode, data?, target? }`, owned by root, without times. */
export function tar(entries) {
  const blocks = entries.flatMap(({ data = Buffer.alloc(0), ...entry }) => [
    header(entry, data.length),
    data,
    Buffer.alloc((BLOCK - (data.length % BLOCK)) % BLOCK),
  ]);
  return Buffer.concat([...blocks, Buffer.alloc(2 * BLOCK)]);
}

function header({ name, type, mode, target = '' }, size) {
  const { prefix, rest } = split(type === 'directory' ? `${name}/` : name);
  const block = Buffer.alloc(BLOCK);
  const text = (value, offset, length) => {
    if (Buffer.byteLength(value) > length) throw new Error(`too long for tar: ${value}`);
    block.write(value, offset);
  };
  const number = (value, offset, length) => text(value.toString(8).padStart(length - 1, '0'), offset, length);
  text(rest, 0, 100);
  number(mode, 100, 8);
  number(0, 108, 8); // owner
  number(0, 116, 8); // group
  number(size, 124, 12);
  number(0, 136, 12); // time
  block.fill(' ', 148, 156); // the checksum counts as spaces
  text(types[type], 156, 1);
  text(target, 157, 100);
  text('ustar\0' + '00', 257, 8);
  text(prefix, 345, 155);
  number(
    block.reduce((sum, byte) => sum + byte, 0),
    148,
    7,
  );
  return block;
}

/** Names of more than 100 bytes are cut at a slash. */
function split(name) {
  if (Buffer.byteLength(name) <= 100) return { prefix: '', rest: name };
  const slash = name.indexOf('/', name.length - 101);
  return { prefix: name.slice(0, slash), rest: name.slice(slash + 1) };
}

/** Names and contents of the plain files in a tar file written by `tar`. */
export function readTar(archive) {
  const files = new Map();
  for (let offset = 0; archive[offset];) {
    const field = (from, length) =>
      archive.toString('utf8', offset + from, offset + from + length).replace(/\0.*$/s, '');
    const [name, prefix, size] = [field(0, 100), field(345, 155), parseInt(field(124, 12), 8)];
    const data = offset + BLOCK;
    if (field(156, 1) === types.file)
      files.set(prefix ? `${prefix}/${name}` : name, archive.subarray(data, data + size));
    offset = data + Math.ceil(size / BLOCK) * BLOCK;
  }
  return files;
}
