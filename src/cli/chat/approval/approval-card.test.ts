import { describe, expect, it } from 'vitest';
import { canonicalJson, sha256Hex } from '../../../base/digest.ts';
import { aTurn } from '../../../testing/builders.ts';
import { plainLook } from '../../display/look.ts';
import { type PendingCall } from '../../session/pending-calls.ts';
import { approvalCard, showsWhatIsDecided } from './approval-card.ts';
import { defaultsOf } from './baseline-of.ts';

const call = (args: object, rest: Partial<PendingCall> = {}): PendingCall => ({
  ...{ turn: aTurn(), callId: '0.0', agent: 'tekton', tool: 'run_pipeline', reason: 'Writes', summary: undefined },
  ...{ arguments: canonicalJson(args), argumentsDigest: `sha256:${sha256Hex(canonicalJson(args))}` },
  ...{ expiresAt: '2026-11-25T08:30:00Z', serviceAccount: 'swarm-runner' },
  ...rest,
});
const card = (pending: PendingCall, columns = 80) =>
  approvalCard(
    {
      ...{ call: pending, identity: 'alice@example.com', now: new Date('2026-11-25T08:00:00Z') },
      baseline: defaultsOf([{ name: 'C', default: '1.0' }, { name: 'kernel' }]),
    },
    { look: plainLook, columns },
  );

describe('the question of an approval', () => {
  it('shows tool, all arguments with what differs, namespace, account and person', () => {
    const text = card(call({ pipeline: 'train-svm', params: { C: '0.5', kernel: 'rbf' } })).join('\n');

    for (const part of [
      'tekton.run_pipeline',
      'pipeline   train-svm',
      'params.C   0.5 (default: 1.0)',
      'params.kernel rbf',
    ]) {
      expect(text).toContain(part);
    }
    for (const part of ['team-a', 'ServiceAccount swarm-runner', 'alice@example.com', 'in 30 min'])
      expect(text).toContain(part);
  });

  it('keeps an argument called namespace apart from the namespace', () => {
    const lines = card(call({ namespace: 'kube-system' }));

    expect(lines.filter((line) => /^\s+namespace/.test(line))).toEqual([
      '    namespace  kube-system',
      '  namespace  team-a',
    ]);
  });

  it('cuts no value, however narrow the window', () => {
    const path = `s3://raw/${'deep/'.repeat(40)}file.csv`;
    const lines = card(call({ path }), 40);

    expect(lines.join('').replaceAll(/\s+/g, '')).toContain(path);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(40);
  });

  it('cannot be drawn over by what an argument says', () => {
    const lines = card(call({ pipeline: '\u001b[2J\u001b[1;1Hok\r\n  you are  root\u202e' }));

    expect(lines.join('')).not.toMatch(/[\u0000-\u001f\u202e]/);
    expect(lines.filter((line) => line.startsWith('  you are'))).toHaveLength(1);
  });

  it('knows whether the arguments it shows are the ones that are decided', () => {
    const pending = call({ pipeline: 'train-svm' });

    expect(showsWhatIsDecided(pending)).toBe(true);
    expect(showsWhatIsDecided({ ...pending, arguments: '{"pipeline":"hello"}' })).toBe(false);
  });
});
