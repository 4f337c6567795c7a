import { describe, expect, test } from 'vitest';
import { TerminalError } from '../base/errors.ts';
import { KubeApiError } from '../kube/errors.ts';
import { FakeClock } from '../testing/fake-clock.ts';
import { FakeKube } from '../testing/fake-kube.ts';
import { createAccountTokens } from './account-tokens.ts';

const runner = { namespace: 'team-a', name: 'swarm-runner' };
const audience = 'pipelines.kubeflow.org';

function given() {
  const clock = new FakeClock('2026-11-25T08:00:00Z');
  return { clock, tokens: createAccountTokens(new FakeKube({ clock }), clock) };
}

describe('tokens of run-as accounts', () => {
  test('are kept until they are about to expire', async () => {
    const { clock, tokens } = given();
    const first = await tokens.tokenFor(runner, audience);
    await clock.advance(7 * 60_000);
    expect(await tokens.tokenFor(runner, audience)).toBe(first);
    await clock.advance(2 * 60_000);
    expect(await tokens.tokenFor(runner, audience)).not.toBe(first);
  });

  test('are different ones for each account and each receiver', async () => {
    const { tokens } = given();
    const all = await Promise.all([
      tokens.tokenFor(runner, audience),
      tokens.tokenFor(runner, 'other'),
      tokens.tokenFor({ ...runner, namespace: 'team-b' }, audience),
    ]);
    expect(new Set(all).size).toBe(3);
  });

  test.each([
    [404, 'NotFound', /kubectl -n team-a create serviceaccount swarm-runner/],
    [403, 'Forbidden', /create serviceaccounts\/token/],
  ])(
    'that are answered with %i say what to do, and are asked for again next time',
    async (status, reason, sentence) => {
      let requests = 0;
      const refuse = () => {
        requests += 1;
        return Promise.reject(new KubeApiError({ status, reason, message: 'no' }));
      };
      const tokens = createAccountTokens({ requestToken: refuse }, new FakeClock());
      for (const expected of [1, 2]) {
        const error: unknown = await tokens.tokenFor(runner, audience).catch((thrown: unknown) => thrown);
        expect(error).toBeInstanceOf(TerminalError);
        expect(error).toMatchObject({ reason, message: expect.stringMatching(sentence) as string });
        expect(requests).toBe(expected);
      }
    },
  );
});
