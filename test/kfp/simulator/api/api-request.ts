import { type IncomingHttpHeaders } from 'node:http';
import { codes, GatewayError } from '../protocol/kfp-error.ts';
import { decodeMessage, type Decoded, type MessageType } from '../protocol/proto-message.ts';
import { type PageRequest } from '../store/page.ts';
import { type Json } from './answers.ts';

/** A request after routing. */
export class ApiRequest {
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly #query: ReadonlyMap<string, readonly string[]>;
  readonly #path: Readonly<Record<string, string>>;

  constructor(fields: {
    readonly headers: IncomingHttpHeaders;
    readonly body: Buffer;
    readonly query: ReadonlyMap<string, readonly string[]>;
    readonly path: Readonly<Record<string, string>>;
  }) {
    this.headers = fields.headers;
    this.body = fields.body;
    this.#query = fields.query;
    this.#path = fields.path;
  }

  /** A part of the path, as the route names it. */
  part(name: string): string {
    return this.#path[name] ?? '';
  }

  /** A query parameter by its snake_case or camelCase name; empty when absent. */
  text(name: string): string {
    const camel = name.replaceAll(/_([a-z])/gu, (_, letter: string) => letter.toUpperCase());
    const values = this.#query.get(name) ?? this.#query.get(camel) ?? [];
    if (values.length > 1) throw refused(`too many values for field "${name}": ${values.join(', ')}`);
    return values[0] ?? '';
  }

  /** A query parameter of a handler beside the gateway, which takes the first of several. */
  first(name: string): string {
    return this.#query.get(name)?.[0] ?? '';
  }

  int32(name: string): number {
    const text = this.text(name);
    if (text === '') return 0;
    const parsing = `parsing field "${name}": strconv.ParseInt: parsing "${text}"`;
    if (!/^[+-]?\d+$/u.test(text)) throw refused(`${parsing}: invalid syntax`);
    if (Math.abs(Number(text)) > 2 ** 31) throw refused(`${parsing}: value out of range`);
    return Number(text);
  }

  isTrue(name: string): boolean {
    return this.text(name) === 'true';
  }

  oneOf(name: string, values: readonly string[]): void {
    const text = this.text(name);
    if (text !== '' && !values.includes(text)) throw refused(`parsing field "${name}": "${text}" is not a valid value`);
  }

  page(): PageRequest {
    return {
      pageSize: this.int32('page_size'),
      pageToken: this.text('page_token'),
      sortBy: this.text('sort_by'),
      filter: this.text('filter'),
    };
  }

  message(type: MessageType): Decoded {
    return decodeMessage(type, this.body.toString('utf8'));
  }
}

/** An answer of a handler that does not speak the gateway's JSON. */
export class RawAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly text: string;

  constructor(status: number, contentType: string, text: string) {
    this.status = status;
    this.contentType = contentType;
    this.text = text;
  }
}

const plainText = 'text/plain; charset=utf-8';

/** The form of errors beside the gateway: JSON, mostly sold as text; the cause is in neither field. */
export function uploadError(
  status: number,
  message: string,
  contentType: 'application/json' | 'text/plain',
): RawAnswer {
  const body = { error_message: message, error_details: `${message}\n<stack trace>` };
  return new RawAnswer(status, contentType === 'text/plain' ? plainText : contentType, JSON.stringify(body));
}

export const textAnswer = (status: number, text: string) => new RawAnswer(status, plainText, text);

export type Handler = (request: ApiRequest) => Promise<Json | RawAnswer>;

/** Text out of a decoded message. */
export const textOf = (message: Decoded, field: string): string => (message[field] as string | undefined) ?? '';

const refused = (message: string) => new GatewayError(codes.invalidArgument, message);
