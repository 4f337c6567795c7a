import type { Clock } from '../base/clock.ts';
import { TerminalError } from '../base/errors.ts';
import { isForbidden, isNotFound } from '../kube/errors.ts';
import type { AccountToken, KubeClient } from '../kube/kube-client.ts';

/** The shortest that the API server grants. */
const lifetimeSeconds = 600;
/** A token is renewed when less than this is left of it. */
const reserveMs = 120_000;

export interface AccountTokens {
  /** @throws TerminalError when there is no such account, or the operator may not sign for it. */
  tokenFor(account: { readonly namespace: string; readonly name: string }, audience: string): Promise<string>;
}

/** Tokens of run-as ServiceAccounts for receivers outside the API server, kept until they are about to expire. */
export function createAccountTokens(kube: Pick<KubeClient, 'requestToken'>, clock: Clock): AccountTokens {
  const kept = new Map<string, Promise<AccountToken>>();
  return {
    async tokenFor(account, audience) {
      const key = `${account.namespace}/${account.name}/${audience}`;
      // Whoever asked for one that failed was told why; it is simply asked for anew.
      const known = await kept.get(key)?.catch(() => undefined);
      if (known && known.expiresAt.getTime() - clock.now().getTime() > reserveMs) return known.token;
      const requested = kube.requestToken(account, { audience, lifetimeSeconds });
      kept.set(key, requested);
      try {
        return (await requested).token;
      } catch (error) {
        kept.delete(key);
        throw explained(error, account);
      }
    },
  };
}

function explained(
  error: unknown,
  { namespace, name }: { readonly namespace: string; readonly name: string },
): unknown {
  if (isNotFound(error)) {
    const remedy = `create it: kubectl -n ${namespace} create serviceaccount ${name}`;
    const message = `There is no ServiceAccount ${name} in namespace ${namespace}; ${remedy}`;
    return new TerminalError('NotFound', message, { cause: error });
  }
  if (isForbidden(error)) {
    const message = `The operator may not sign requests as the ServiceAccount ${name} of namespace ${namespace}; let it create serviceaccounts/token of that name there.`;
    return new TerminalError('Forbidden', message, { cause: error });
  }
  return error;
}
