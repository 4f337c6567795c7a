import { PassThrough } from 'node:stream';
import { beforeEach, describe, expect, it } from 'vitest';
import { kinds } from '../../api/group.ts';
import { aConversation } from '../../testing/builders.ts';
import { FakeKube } from '../../testing/fake-kube.ts';
import { type GlobalFlags } from '../options/kubectl-flags.ts';
import { createProgram } from '../program.ts';
import { type CliContext } from '../session/cli-context.ts';
import { Interrupts } from '../session/interrupts.ts';
import { complete, completionText } from './complete.ts';

describe('completion', () => {
  let kube: FakeKube;
  let seen: GlobalFlags | undefined;

  beforeEach(() => {
    kube = new FakeKube();
    seen = undefined;
    const { metadata } = aConversation();
    kube.seed(kinds.conversation, aConversation({ metadata: { ...metadata, name: 'churn', namespace: 'team-a' } }));
  });

  const completed = async (...words: readonly string[]) => {
    const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
    const shell = { stdin, stdout, stderr, environment: {} };
    const open = () => Promise.reject(new Error('no command is carried out'));
    const { command: program } = createProgram({ shell, interrupts: new Interrupts(), open });
    return complete(words, {
      program,
      open: (flags) => {
        seen = flags;
        return Promise.resolve({ kube, namespace: flags.namespace ?? 'default' } as unknown as CliContext);
      },
    });
  };
  const words = async (...line: readonly string[]) => (await completed(...line)).candidates.map(({ word }) => word);

  it.each([
    { line: ['ap'], offers: ['approve'] },
    { line: ['-n', 'team-a', 'exp'], offers: ['export'] },
    { line: ['ask', '--no-w'], offers: ['--no-wait'] },
    { line: ['ask', '--namesp'], offers: ['--namespace'] },
    { line: ['ask', '-o', 'js'], offers: ['json', 'jsonl'] },
    { line: ['ls', 't'], offers: ['turns'] },
    { line: ['completion', ''], offers: ['bash', 'zsh', 'fish', 'install'] },
    { line: ['show', '-n', 'team-a', 'ch'], offers: ['churn'] },
    { line: ['show', '--namespace=team-a', ''], offers: ['churn'] },
    { line: ['ask', '-n', 'team-a', '-c', ''], offers: ['churn'] },
    { line: ['show', 'ch'], offers: [] },
    { line: ['version', ''], offers: [] },
  ])('offers $offers for $line', async ({ line, offers }) => {
    expect(await words(...line)).toEqual(offers);
  });

  it('asks the cluster that the flags of the line name', async () => {
    await completed('show', '--context', 'other', '--kubeconfig=other.yaml', '');

    expect(seen).toMatchObject({ context: 'other', kubeconfig: 'other.yaml' });
  });

  it('leaves files to the shell', async () => {
    expect(completionText(await completed('ask', '--file', ''))).toBe(':0\n');
  });

  it('offers no names when the cluster does not answer, and no error either', async () => {
    kube.fail({ matches: () => true, error: new Error('refused'), times: 5 });

    expect(completionText(await completed('show', ''))).toBe(':4\n');
  });

  it('puts what a word means behind a tab', async () => {
    expect(completionText(await completed('vers'))).toMatch(/^version\tPrint the version.*\n:4\n$/);
  });
});
