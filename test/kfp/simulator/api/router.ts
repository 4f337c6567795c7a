import { codes, GatewayError } from '../protocol/kfp-error.ts';
import { type Handler } from './api-request.ts';
import { type Route } from './routes.ts';

export interface Match {
  readonly handler: Handler;
  readonly path: Readonly<Record<string, string>>;
}

/** Finds the handler of a path as the gateway does: by parts that must all be there but may be empty. */
export class Router {
  readonly #routes: readonly (Route & { readonly pattern: RegExp })[];

  constructor(routes: readonly Route[]) {
    this.#routes = routes.map((route) => ({ ...route, pattern: patternOf(route.path) }));
  }

  /** @throws GatewayError 404 for an unknown path, 501 for a known one with another method */
  match(method: string, path: string): Match {
    let isKnown = false;
    for (const route of this.#routes) {
      const found = route.pattern.exec(path);
      if (!found) continue;
      if (route.method === method || route.method === '*') return { handler: route.handler, path: { ...found.groups } };
      isKnown = true;
    }
    throw isKnown
      ? new GatewayError(codes.unimplemented, 'Method Not Allowed')
      : new GatewayError(codes.notFound, 'Not Found');
  }
}

function patternOf(path: string): RegExp {
  const literal = path.replaceAll('.', String.raw`\.`);
  const source = literal.replaceAll(/\{(\w+)\}/gu, (_, name: string) => `(?<${name}>[^/]*)`);
  return new RegExp(`^${source}$`, 'su');
}
