import { describe, expect, test } from 'vitest';
import type { KubeClient, KubeObject } from '../kube/kube-client.ts';
import { reviewViewer } from './stream-viewers.ts';

/** Answers reviews as an API server does, and keeps what it was asked. */
function cluster({ user, allowed }: { user?: object; allowed?: boolean }) {
  const asked: KubeObject[] = [];
  const create = (_type: unknown, object: KubeObject) => {
    asked.push(object);
    const status = object.kind === 'TokenReview' ? { authenticated: user !== undefined, user } : { allowed };
    return Promise.resolve({ ...object, status });
  };
  return { asked, kube: { create } as Pick<KubeClient, 'create'> };
}

const name = { namespace: 'team-a', name: 'churn-0' };
const ann = { username: 'ann', uid: '1', groups: ['team-a'], extra: { scopes: ['x'] } };

describe('reviewViewer', () => {
  test.each([
    ['unknown-token', {}, 1],
    ['forbidden', { user: ann, allowed: false }, 2],
    ['allowed', { user: ann, allowed: true }, 2],
  ] as const)('finds a token %s', async (review, answers, reviews) => {
    const { asked, kube } = cluster(answers);
    expect(await reviewViewer(kube, 'token', name)).toBe(review);
    expect(asked).toHaveLength(reviews);
  });

  test('asks about this very turn, for the person whose token it is', async () => {
    const { asked, kube } = cluster({ user: ann, allowed: true });
    await reviewViewer(kube, 'secret', name);
    expect(asked[0]).toMatchObject({ kind: 'TokenReview', spec: { token: 'secret' } });
    expect(asked[1]).toMatchObject({
      kind: 'SubjectAccessReview',
      spec: {
        user: 'ann',
        uid: '1',
        groups: ['team-a'],
        extra: { scopes: ['x'] },
        resourceAttributes: {
          verb: 'get',
          group: 'swarm.mlops.dev',
          resource: 'turns',
          subresource: 'stream',
          ...name,
        },
      },
    });
  });
});
