export interface FilePart {
  readonly name: string;
  readonly fileName: string;
  readonly content: Buffer;
}

/** The files of a multipart/form-data body; empty when it is none. */
export function fileParts(contentType: string, body: Buffer): FilePart[] {
  const [, quoted, bare] = /boundary=(?:"([^"]+)"|([^;\s]+))/iu.exec(contentType) ?? [];
  const boundary = quoted ?? bare;
  if (!/^multipart\/form-data/iu.test(contentType) || boundary === undefined) return [];
  const parts: FilePart[] = [];
  for (const section of sectionsOf(body, `--${boundary}`)) {
    const part = partOf(section);
    if (part) parts.push(part);
  }
  return parts;
}

function sectionsOf(body: Buffer, delimiter: string): Buffer[] {
  const sections: Buffer[] = [];
  let start = body.indexOf(delimiter);
  while (start >= 0) {
    const from = start + delimiter.length;
    const next = body.indexOf(delimiter, from);
    if (next < 0) break;
    // A section begins with the line break of its delimiter and ends with that of the next one.
    sections.push(body.subarray(from + 2, next - 2));
    start = next;
  }
  return sections;
}

function partOf(section: Buffer): FilePart | undefined {
  const headerEnd = section.indexOf('\r\n\r\n');
  if (headerEnd < 0) return undefined;
  const headers = section.subarray(0, headerEnd).toString('utf8');
  const name = /\bname="([^"]*)"/iu.exec(headers)?.[1];
  const fileName = /\bfilename="([^"]*)"/iu.exec(headers)?.[1];
  if (name === undefined || fileName === undefined) return undefined;
  return { name, fileName, content: section.subarray(headerEnd + 4) };
}
