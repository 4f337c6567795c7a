/** JSON with what Go's decoders look at and JSON.parse throws away: positions, and keys that come twice. */
export type JsonNode =
  | { readonly kind: 'object'; readonly at: number; readonly members: readonly JsonMember[] }
  | { readonly kind: 'array'; readonly at: number; readonly items: readonly JsonNode[] }
  | { readonly kind: 'string'; readonly at: number; readonly value: string }
  | { readonly kind: 'number'; readonly at: number; readonly value: number; readonly raw: string }
  | { readonly kind: 'boolean'; readonly at: number; readonly value: boolean }
  | { readonly kind: 'null'; readonly at: number };

export interface JsonMember {
  readonly key: string;
  readonly keyAt: number;
  readonly value: JsonNode;
}

export class JsonSyntaxError extends Error {
  override readonly name = 'JsonSyntaxError';
}

/** @throws JsonSyntaxError with the words of Go's encoding/json. */
export function parseStrictJson(text: string): JsonNode {
  const reader = new Reader(text);
  const node = reader.value();
  reader.end();
  return node;
}

/** The plain value, for fields of any shape. */
export function plainValue(node: JsonNode): unknown {
  switch (node.kind) {
    case 'object':
      return Object.fromEntries(node.members.map(({ key, value }) => [key, plainValue(value)]));
    case 'array':
      return node.items.map(plainValue);
    case 'null':
      return null;
    case 'string':
    case 'number':
    case 'boolean':
      return node.value;
  }
}

class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  end(): void {
    this.#skipBlanks();
    if (this.#at < this.#text.length) throw this.#unexpected('after top-level value');
  }

  value(): JsonNode {
    this.#skipBlanks();
    const next = this.#text[this.#at];
    if (next === '{') return this.#object();
    if (next === '[') return this.#array();
    if (next === '"') return { kind: 'string', at: this.#at, value: this.#string() };
    return this.#scalar();
  }

  #object(): JsonNode {
    const at = this.#at++;
    const members: JsonMember[] = [];
    if (this.#accept('}')) return { kind: 'object', at, members };
    do {
      this.#skipBlanks();
      const keyAt = this.#at;
      if (this.#text[this.#at] !== '"') throw this.#unexpected('looking for beginning of object key string');
      const key = this.#string();
      if (!this.#accept(':')) throw this.#unexpected('after object key');
      members.push({ key, keyAt, value: this.value() });
    } while (this.#accept(','));
    if (!this.#accept('}')) throw this.#unexpected('after object key:value pair');
    return { kind: 'object', at, members };
  }

  #array(): JsonNode {
    const at = this.#at++;
    const items: JsonNode[] = [];
    if (this.#accept(']')) return { kind: 'array', at, items };
    do items.push(this.value());
    while (this.#accept(','));
    if (!this.#accept(']')) throw this.#unexpected('after array element');
    return { kind: 'array', at, items };
  }

  #string(): string {
    const literal = /"(?:[^"\\]|\\.)*"/suy;
    literal.lastIndex = this.#at;
    const match = literal.exec(this.#text);
    if (!match) throw new JsonSyntaxError('unexpected EOF');
    this.#at = literal.lastIndex;
    try {
      return JSON.parse(match[0]) as string;
    } catch {
      throw new JsonSyntaxError('invalid character in string literal');
    }
  }

  #scalar(): JsonNode {
    const literal = /true|false|null|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/uy;
    literal.lastIndex = this.#at;
    const [raw] = literal.exec(this.#text) ?? [];
    if (raw === undefined) throw this.#unexpected('looking for beginning of value');
    const at = this.#at;
    this.#at = literal.lastIndex;
    if (raw === 'null') return { kind: 'null', at };
    if (raw === 'true' || raw === 'false') return { kind: 'boolean', at, value: raw === 'true' };
    return { kind: 'number', at, value: Number(raw), raw };
  }

  #accept(character: string): boolean {
    this.#skipBlanks();
    if (this.#text[this.#at] !== character) return false;
    this.#at += 1;
    return true;
  }

  #skipBlanks(): void {
    while (/[ \t\r\n]/u.test(this.#text[this.#at] ?? '')) this.#at += 1;
  }

  #unexpected(where: string): JsonSyntaxError {
    const character = this.#text[this.#at];
    return new JsonSyntaxError(
      character === undefined ? 'unexpected EOF' : `invalid character '${character}' ${where}`,
    );
  }
}
