import { expect, test } from 'vitest';
import { annotations } from '../api/names.ts';
import { KubeApiError } from '../kube/errors.ts';
import { resourceTypes } from '../kube/resource-types.ts';
import { FakeKube } from '../testing/fake-kube.ts';
import { readSecret } from './secret-reader.ts';

function aKubeWith(hosts?: string): FakeKube {
  const kube = new FakeKube();
  const metadata = {
    name: 'llm',
    namespace: 'team-a',
    ...(hosts !== undefined && { annotations: { [annotations.allowedHosts]: hosts } }),
  };
  kube.seed(resourceTypes.secret, {
    metadata,
    data: { 'api-key': Buffer.from('s3cret\n').toString('base64') },
  } as never);
  return kube;
}
const query = { namespace: 'team-a', name: 'llm', key: 'api-key', host: 'models.test' };

test('a value is read for a host that the Secret allows', async () => {
  expect(await readSecret(aKubeWith('other.test, models.test'), query)).toBe('s3cret');
});

const refusals: Record<string, { kube: FakeKube; query?: Partial<typeof query>; reason: string; says: string }> = {
  'another host': { kube: aKubeWith('other.test'), reason: 'SecretNotAllowed', says: 'allowed-hosts=models.test' },
  'no annotation': { kube: aKubeWith(), reason: 'SecretNotAllowed', says: 'may not be sent to models.test' },
  'no such Secret': {
    kube: aKubeWith('models.test'),
    query: { name: 'gone' },
    reason: 'SecretNotFound',
    says: 'There is no Secret gone in namespace team-a',
  },
  'no such key': {
    kube: aKubeWith('models.test'),
    query: { key: 'other' },
    reason: 'SecretKeyMissing',
    says: 'has no key other',
  },
};
test.each(Object.entries(refusals))(
  '%s: refused with what to do',
  async (_name, { kube, query: changed, reason, says }) => {
    const refused = readSecret(kube, { ...query, ...changed });
    await expect(refused).rejects.toMatchObject({ name: 'TerminalError', reason });
    await expect(refused).rejects.toThrow(says);
  },
);

test('a right that is missing is named', async () => {
  const kube = aKubeWith('models.test');
  const error = new KubeApiError({ status: 403, reason: 'Forbidden', message: 'no' });
  kube.fail({ matches: ({ plural }) => plural === 'secrets', error });
  await expect(readSecret(kube, query)).rejects.toMatchObject({ reason: 'Forbidden' });
});
