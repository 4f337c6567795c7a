const notAscii = /[^\p{ASCII}]/u;
/** Zero-width characters, soft hyphens, direction marks and overrides, and the tag block: text that people do not see. */
const invisible = /[\u00AD\u200B-\u200F\u202A-\u202E\u2060-\u2064\u2066-\u2069\uFEFF\u{E0000}-\u{E007F}]/gu;
// Control characters, apart from tab and new line.
const control = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F]/g;
const dataAddress = /data:[a-z]+\/[a-z0-9.+-]+;base64,[A-Za-z0-9+/=]+/gi;
const encodedBlob = /[A-Za-z0-9+/]{240,}={0,2}/g;

/** What a person would read: one form per character (NFKC), nothing invisible, no encoded binaries, `\n` line ends. */
export function cleanText(content: string): string {
  const text = content.replace(/\r\n?/g, '\n').replace(control, '');
  const readable = notAscii.test(text) ? text.replace(invisible, '').normalize('NFKC').replace(invisible, '') : text;
  return readable.replace(dataAddress, '[binary data]').replace(encodedBlob, '[binary data]');
}
