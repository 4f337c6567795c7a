import { describe, expect, it } from 'vitest';
import { RetryableError, TerminalError } from '../../base/errors.ts';
import { KubeApiError } from '../../kube/errors.ts';
import { explainError } from './explain-error.ts';

const api = (status: number, reason: string, message: string) => new KubeApiError({ status, reason, message });

describe('an error as a person reads it', () => {
  it.each([
    {
      error: api(0, 'ConnectionFailed', 'connect ECONNREFUSED 127.0.0.1:6443'),
      code: 4,
      says: 'the API server cannot be reached: connect ECONNREFUSED 127.0.0.1:6443',
      next: 'kubectl cluster-info',
    },
    {
      error: api(404, 'NotFound', 'the server could not find the requested resource'),
      code: 4,
      says: 'Swarm is not installed in this cluster',
    },
    {
      error: api(404, 'NotFound', 'turns.swarm.mlops.dev "a" not found'),
      code: 1,
      says: 'turns.swarm.mlops.dev "a" not found',
    },
    {
      error: api(
        403,
        'Forbidden',
        'turns.swarm.mlops.dev is forbidden: User "alice" cannot create resource "turns" in API group "swarm.mlops.dev" in the namespace "team-a"',
      ),
      code: 5,
      says: 'alice may not create turns.swarm.mlops.dev in namespace team-a',
      next: 'kubectl create rolebinding swarm-user --clusterrole=edit --user=alice -n team-a',
    },
    {
      error: api(
        403,
        'Forbidden',
        'conversations.swarm.mlops.dev "churn" is forbidden: User "system:serviceaccount:ci:bot" cannot get resource "conversations" in API group "swarm.mlops.dev" in the namespace "team-a"',
      ),
      code: 5,
      says: 'system:serviceaccount:ci:bot may not get conversations.swarm.mlops.dev in namespace team-a',
      next: 'kubectl create rolebinding swarm-user --clusterrole=edit --serviceaccount=ci:bot -n team-a',
    },
    {
      error: api(403, 'Forbidden', 'alice may not decide about turn churn-1: the verb approve on turns is needed'),
      code: 5,
      says: 'alice may not decide about turn churn-1: the verb approve on turns is needed',
    },
    { error: api(422, 'Invalid', 'spec.text: Too long'), code: 2, says: 'spec.text: Too long' },
    { error: api(503, 'ServiceUnavailable', 'etcd is down'), code: 4, says: /answers with an error: etcd is down/ },
    { error: new TerminalError('NoContext', 'the kubeconfig has no context x'), code: 4, says: /no context x/ },
    { error: new TerminalError('TurnDeleted', 'the turn is gone'), code: 1, says: 'the turn is gone' },
    { error: new RetryableError('Unavailable', 'try later'), code: 4, says: 'try later' },
  ])('says "$says" with exit code $code', ({ error, code, says, next }) => {
    const explained = explainError(error);

    expect(explained?.exitCode).toBe(code);
    expect(explained?.message).toMatch(says);
    if (next !== undefined) expect(explained?.next).toBe(next);
  });

  it('leaves a mistake of ours alone: it needs its stack', () => {
    expect(explainError(new TypeError('x is not a function'))).toBeUndefined();
  });
});
