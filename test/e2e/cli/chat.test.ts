import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { manifestOf } from '../../../src/cli/session/manifest-of.ts';
import { type FakeReply } from '../../../src/testing/fake-openai-reply.ts';
import { type ChatRequest } from '../../../src/testing/fake-openai-server.ts';
import { ChatWorld, questionOf, resultsOf } from './chat-world.ts';
import { keys, terminalModes, TerminalUnderTest } from './terminal-under-test.ts';

/** 20 pieces of 8 characters each. */
const slowWords = Array.from({ length: 20 }, (_, index) => `word${index}`);
const slow: FakeReply = { text: slowWords.map((word) => word.padEnd(8)).join(''), intervalMs: 100 };
const endless: FakeReply = { text: 'tick '.repeat(2_000), intervalMs: 100 };
const hostile =
  'Before \u001b]0;owned\u0007\u001b[2J\u001b[31m\u009b5n\u202e after\u0007\r over\n\n\u001b]52;c;aGFjaw==\u0007done';

/** Whether an answer is complete: its footer names the model calls. */
const footers = (text: string) => (text.match(/model calls?/g) ?? []).length;
const answered = (chat: TerminalUnderTest, count: number) =>
  chat.until(`${count} answers are complete`, (text) => footers(text) >= count);
const questions = (chat: TerminalUnderTest, count: number) =>
  chat.until(`${count} questions were asked`, (text) => (text.match(/Allow it\?/g) ?? []).length >= count);
const ready = (chat: TerminalUnderTest) => chat.until('it shows a prompt', (text) => /(?:›|You:|>)\s*$/.test(text));

const runs = (pipeline: string, params: object): FakeReply => ({
  calls: [{ tool: 'run_pipeline', arguments: { pipeline, params } }],
});

function script(request: ChatRequest): FakeReply {
  const question = questionOf(request);
  const results = resultsOf(request);
  if (results.length > 0) return { text: `The tool said: ${results.at(-1)?.slice(0, 300) ?? ''}` };
  if (question.includes('slow')) return slow;
  if (question.includes('endless')) return endless;
  if (question.includes('hostile')) return { text: hostile };
  if (question.includes('once more')) {
    const [run] = /swarm-[a-z2-7]{26}/.exec(JSON.stringify(request.messages)) ?? [];
    return { calls: [{ tool: 'rerun', arguments: { run } }] };
  }
  if (question.includes('SVM')) return runs('train-svm', { C: '0.5' });
  return { text: 'Hello **there**.\n\n- one\n- two' };
}

const trainSvm = {
  apiVersion: 'tekton.dev/v1',
  kind: 'Pipeline',
  metadata: { name: 'train-svm' },
  spec: {
    params: [{ name: 'C', type: 'string', default: '1.0' }],
    tasks: [
      {
        name: 'train',
        params: [{ name: 'C', value: '$(params.C)' }],
        taskSpec: {
          params: [{ name: 'C', type: 'string' }],
          steps: [
            { name: 'train', image: 'swarm.test/busybox:1', script: '#!/bin/sh\necho training with C=$(params.C)\n' },
          ],
        },
      },
    ],
  },
};

describe('kubectl swarm chat', () => {
  let world: ChatWorld;

  beforeAll(async () => {
    world = await ChatWorld.begin('chat', script);
    await world.story.kubectl.apply(trainSvm);
  });
  afterAll(() => world.end());

  /** A chat in a conversation of its own with the Tekton agent, at its first prompt. */
  const begin = async (name: string, options: Parameters<ChatWorld['chat']>[0] = {}) => {
    await world.converse(name, 'tekton');
    const chat = world.chat({ ...options, args: [name, ...(options.args ?? [])] });
    await ready(chat);
    return chat;
  };

  describe('an answer', () => {
    const ways = [
      { way: 'auto', columns: 80, least: 10 },
      { way: 'auto', columns: 40, least: 10 },
      // Twice a second: an answer of two seconds is seen growing.
      { way: 'status', columns: 80, least: 4 },
    ] as const;
    it.each(ways)('is seen growing by --stream=$way at $columns columns (U23)', async ({ way, columns, least }) => {
      const chat = await begin(`slow-${way}-${columns}`, { args: [`--stream=${way}`], columns });
      chat.enter('say it slow');
      await answered(chat, 1);

      const seen = new Set(chat.pictures.map((picture) => slowWords.filter((word) => picture.includes(word)).length));
      const growing = [...seen].filter((count) => count > 0);
      expect(growing.length).toBeGreaterThanOrEqual(least);
      for (const word of ['word3', 'word19']) expect(chat.text.split(word)).toHaveLength(2);
      expect(chat.text).toMatch(way === 'auto' ? 'events come by the advertised address' : 'events come by the status');
    });

    it('survives a window that becomes narrower while it comes', async () => {
      const chat = await begin('resized');
      chat.enter('say it slow');
      await chat.see('word5');
      chat.resize(40);
      await answered(chat, 1);

      const after = chat.text.slice(chat.text.indexOf('say it slow'));
      for (const word of ['word2', 'word12', 'word19']) expect(after).toContain(word);
      expect(after.split('word19')).toHaveLength(2);
    });

    it('cannot drive the terminal, whatever it says (U30)', async () => {
      const chat = await begin('hostile');
      chat.enter('be hostile');
      await answered(chat, 1);

      expect(chat.titles).toEqual([]);
      expect(chat.text).toContain('be hostile');
      expect(chat.text).toContain('Before');
      expect(chat.text).toContain('done');
      expect(chat.text).toContain('\\u202e');
      expect(chat.raw).not.toContain('\u001b]');
      expect(chat.raw).not.toContain('\u001b[2J');
      expect(chat.raw).not.toContain('\u0007');
    });
  });

  describe('the keyboard', () => {
    it('cancels a turn with Ctrl-C, and leaves with Ctrl-D (U24)', async () => {
      const chat = await begin('cancelled');
      chat.enter('an endless one');
      await chat.see('tick tick');
      chat.type(keys.ctrlC);
      await chat.see(/cancelled|⊘/i);
      await ready(chat);
      chat.type(keys.ctrlC);
      await chat.see('Ctrl-D or /quit leaves');
      chat.type(keys.ctrlD);

      expect((await chat.exit).exitCode).toBe(0);
      expect(chat.modes).toEqual({ bracketedPaste: false, isCursorHidden: false, isAlternate: false });
      const [turn] = await world.turnsOf('cancelled');
      expect(turn?.spec.cancel).toBe(true);
      expect(turn?.status?.phase).toBe('Cancelled');
    });

    it('keeps what is typed during a turn as the next message', async () => {
      const chat = await begin('ahead');
      chat.enter('say it slow');
      await chat.see('word3');
      chat.enter('and then hello');
      await answered(chat, 2);

      expect((await world.turnsOf('ahead')).map(({ spec }) => spec.text)).toEqual(['say it slow', 'and then hello']);
    });

    it('takes a pasted text, a continued line and a fenced block as one message each', async () => {
      const chat = await begin('lines');
      chat.paste('Traceback:\n  line 1\n  line 2');
      chat.type(keys.enter);
      await answered(chat, 1);
      chat.enter('one\\');
      chat.enter('two');
      await answered(chat, 2);
      chat.enter('```');
      chat.enter('a');
      chat.enter('```');
      await answered(chat, 3);

      const texts = (await world.turnsOf('lines')).map(({ spec }) => spec.text);
      expect(texts).toEqual(['Traceback:\n  line 1\n  line 2', 'one\ntwo', '```\na\n```']);
    });

    it('completes commands and names with Tab, and remembers lines from one chat to the next', async () => {
      const chat = await begin('tabs');
      chat.enter('first of all');
      await answered(chat, 1);
      chat.type(`/resu${keys.tab}`);
      await chat.see(/› \/resume$/);
      chat.type(`tab${keys.tab}`);
      await chat.see(/› \/resume tabs$/);
      chat.type(`${keys.ctrlC}${keys.ctrlD}`);
      await chat.exit;

      const next = await begin('tabs');
      next.type(keys.up);
      await next.until('the line of the chat before stands at the prompt', (text) => text.endsWith('› first of all'));
    });
  });

  describe('an end', () => {
    it('by SIGTERM gives the terminal back (U24)', async () => {
      await world.converse('terminated', 'tekton');
      // A shell that looks at the terminal afterwards, and does not tidy it up.
      const chat = new TerminalUnderTest({
        program: '/bin/sh',
        args: [
          '-c',
          '"$0" "$@"; echo "ended with $?"; stty -a',
          world.program,
          'chat',
          'terminated',
          '-n',
          world.story.namespace,
        ],
        columns: 80,
        environment: world.environment,
      });
      try {
        await ready(chat);
        expect(terminalModes(chat.pid)).toMatch(/-icanon.* -echo /s);
        process.kill(Number(readFileSync(`/proc/${chat.pid}/task/${chat.pid}/children`, 'utf8').trim()), 'SIGTERM');
        await chat.exit;

        expect(chat.text).toContain('ended with 130');
        expect(chat.text).toMatch(/[^-]icanon[^]*[^-]echo /);
        expect(chat.modes).toEqual({ bracketedPaste: false, isCursorHidden: false, isAlternate: false });
      } finally {
        await chat.close();
      }
    });

    it('by SIGKILL loses nothing: the next chat shows the finished answer (U24)', async () => {
      const chat = await begin('killed');
      chat.enter('say it slow');
      await chat.see('word2');
      chat.signal('SIGKILL');
      await chat.exit;

      const next = world.chat({ args: ['killed'] });
      await next.see('word19');
      await ready(next);
      expect(next.text).toContain('say it slow');
      expect(await world.turnsOf('killed')).toHaveLength(1);
    });
  });

  describe('an approval (U25)', () => {
    it.each([80, 40])('shows pipeline, changed parameter, namespace and identity at %i columns', async (columns) => {
      const chat = await begin(`ask-${columns}`, { columns });
      chat.enter('train the SVM with C=0.5');
      await questions(chat, 1);

      const text = chat.text.replaceAll(/\s+/g, ' ');
      expect(text).toContain('tekton.run_pipeline');
      expect(text).toMatch(/pipeline train-svm/);
      expect(text).toMatch(/params\.C 0\.5 \(default: 1\.0\)/);
      expect(text).toContain(`namespace ${world.story.namespace}`);
      expect(text).toContain('ServiceAccount swarm-runner');
      expect(text).toMatch(/you are \S+/);

      chat.type(keys.enter);
      await answered(chat, 1);
      expect(chat.text).toContain('denied tekton.run_pipeline');
      expect(await world.story.pipelineRuns(`ask-${columns}`)).toEqual([]);
    });

    it('that is denied tells the agent why', async () => {
      const chat = await begin('reason');
      chat.enter('train the SVM');
      await questions(chat, 1);
      chat.enter('n');
      await chat.see('Why?');
      chat.enter('C must be 2.0');
      await answered(chat, 1);

      const told = world.requests.at(-1)?.body.messages.at(-1)?.content;
      expect(told).toContain('C must be 2.0');
      expect(await world.story.pipelineRuns('reason')).toEqual([]);
    });

    it('given always is for this tool alone, one Approval for each call, and still holds after a restart', async () => {
      const chat = await begin('always');
      chat.enter('train the SVM');
      await questions(chat, 1);
      chat.enter('a');
      await answered(chat, 1);
      chat.enter('train the SVM');
      await answered(chat, 2);
      expect(chat.text.match(/Allow it\?/g)).toHaveLength(1);
      chat.enter('run it once more');
      await questions(chat, 2);
      chat.enter('n');
      await chat.see('Why?');
      chat.type(keys.enter);
      await answered(chat, 3);
      await ready(chat);
      chat.type(keys.ctrlD);
      await chat.exit;

      const next = await begin('always');
      const before = footers(next.text);
      next.enter('train the SVM');
      await answered(next, before + 1);
      expect(next.text).not.toContain('Allow it?');
      expect(next.text).toContain('you said always');

      const approvals = await world.story.kubectl.list<{ spec: { turn: { name: string }; decision: string } }>(
        'approvals',
      );
      const turns = new Set((await world.turnsOf('always')).map(({ metadata }) => metadata.name));
      const own = approvals.filter(({ spec }) => turns.has(spec.turn.name));
      expect(own.filter(({ spec }) => spec.decision === 'Approve')).toHaveLength(3);
      expect(new Set(own.map(({ spec }) => spec.turn.name)).size).toBe(own.length);
    });

    it('that was left open is asked about again by the next chat', async () => {
      const chat = await begin('left-open');
      chat.enter('train the SVM');
      await questions(chat, 1);
      chat.type(keys.ctrlD);
      expect((await chat.exit).exitCode).toBe(0);

      const next = world.chat({ args: ['left-open'] });
      await questions(next, 1);
      next.enter('n not now');
      await answered(next, 1);
      expect(await world.story.pipelineRuns('left-open')).toEqual([]);
      expect(await world.turnsOf('left-open')).toHaveLength(1);
    });

    it('goes away when somebody else decides meanwhile', async () => {
      const chat = await begin('elsewhere');
      chat.enter('train the SVM');
      await questions(chat, 1);
      await world.story.approve('elsewhere');
      await chat.see('approved elsewhere');
      await answered(chat, 1);
      expect(await world.story.pipelineRuns('elsewhere')).toHaveLength(1);
    });
  });

  describe('for everybody (U27)', () => {
    const looks = {
      'without colours': { environment: { NO_COLOR: '1' }, forbids: /\u001b\[[0-9;]*m/ },
      'on a dumb terminal': { environment: { TERM: 'dumb' }, forbids: /\u001b/ },
      'in words': { args: ['--accessible'], forbids: /[⏺✓✗›⠋]/ },
      'in ASCII where the locale asks for it': { environment: { LANG: 'C' }, forbids: /[^\u0000-\u007f]/ },
    } as const;
    it.each(Object.entries(looks))('is readable %s, at 40 columns', async (title, options) => {
      const { forbids, ...start } = { args: [] as readonly string[], ...options };
      const chat = await begin(`look-${Object.keys(looks).indexOf(title)}`, { columns: 40, ...start });
      chat.enter('hello');
      await answered(chat, 1);
      chat.enter('train the SVM');
      await questions(chat, 1);
      chat.enter('n no need');
      await answered(chat, 2);

      // Where nothing can be bold, the stars say it.
      expect(chat.text).toMatch(/Hello \**there/);
      expect(chat.text.replaceAll(/\s+/g, ' ')).toContain('pipeline');
      expect(chat.raw).not.toMatch(forbids);
    });

    it('reads messages from a pipe and writes no escape sequence', async () => {
      await world.converse('piped', 'tekton');
      const command = `printf 'hello\\n/yaml\\n' | "$PROGRAM" chat piped -n ${world.story.namespace} 2>/dev/null`;
      const { execFile } = await import('node:child_process');
      const { promisify } = await import('node:util');
      const environment = {
        ...process.env,
        ...world.environment,
        PROGRAM: `${import.meta.dirname}/../../../bin/kubectl-swarm`,
      };
      const { stdout } = await promisify(execFile)('/bin/sh', ['-c', command], { env: environment });

      expect(stdout).toMatch(/Hello \**there/);
      expect(stdout).toContain('kind: Conversation');
      expect(stdout).not.toContain('\u001b');
    });
  });

  it('prints itself as a manifest that declares the same turns (U29)', async () => {
    const chat = await begin('manifest');
    chat.enter('hello');
    await answered(chat, 1);
    chat.enter('hello again');
    await answered(chat, 2);
    chat.enter(`/yaml > ${world.stateHome}/conversation.yaml`);
    await chat.see('Wrote');
    chat.type(keys.ctrlD);
    await chat.exit;

    const { kubectl } = world.story;
    const before = await world.conversation('manifest');
    const expected = manifestOf(before, await world.turnsOf('manifest')) as { spec: { messages: object[] } };
    await kubectl.run('delete', 'conversation', 'manifest', '--wait=true');
    await kubectl.run('apply', '-f', `${world.stateHome}/conversation.yaml`);
    await world.story.answer('manifest', 1);

    const after = await world.conversation('manifest');
    expect(after.spec.messages).toEqual(expected.spec.messages);
    expect(after.spec.messages).toEqual([{ text: 'hello' }, { text: 'hello again' }]);
    expect(after.spec.agent).toBe('tekton');
  });
});
