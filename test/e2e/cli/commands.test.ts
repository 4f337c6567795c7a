import { createServer, type AddressInfo } from 'node:net';
import { createServer as createHttpServer } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { turnEvent } from '../../../src/streaming/turn-event.ts';
import { type Conversation } from '../../../src/api/conversation.ts';
import { type Intent } from '../../../src/api/intent.ts';
import { OperatorUnderTest } from '../../support/operator-under-test.ts';
import { testCluster } from '../../support/test-cluster.ts';
import { Story } from '../story.ts';
import { PluginUnderTest } from './plugin-under-test.ts';

const escape = '\u001b';

describe('kubectl swarm without a terminal', () => {
  const cluster = testCluster();
  let operator: OperatorUnderTest;
  let story: Story;
  let plugin: PluginUnderTest;

  beforeAll(async () => {
    story = await Story.begin(cluster, 'commands', () => operator.tail());
    operator = await OperatorUnderTest.start(cluster, { namespace: story.namespace, advertisesStream: true });
    plugin = new PluginUnderTest(cluster, story.namespace);
  });

  afterAll(async () => {
    await story.end();
    await operator.stop();
  });

  it('prints the answer on stdout and nothing else there', async () => {
    const { exitCode, stdout, stderr } = await plugin.swarm('ask', 'Which pipelines can I run?');

    expect(exitCode, stderr).toBe(0);
    expect(stdout).toMatch(/churn-train/);
    expect(stdout).not.toContain('list_pipelines');
    expect(stderr).toContain('tekton.list_pipelines');
    expect(stdout + stderr).not.toContain(escape);
  });

  it('U27: takes the question from a pipe and prints one valid event per line', async () => {
    const { exitCode, stdout } = await plugin.call({ args: ['ask', '-o', 'jsonl'], input: 'list pipelines\n' });

    expect(exitCode).toBe(0);
    const events = stdout
      .trimEnd()
      .split('\n')
      .map((line) => turnEvent.parse(JSON.parse(line)));
    expect(events[0]?.type).toBe('turn');
    expect(events.map(({ type }) => type)).toEqual(expect.arrayContaining(['tool_call', 'tool_result', 'message']));
    expect(events.at(-1)).toMatchObject({ type: 'done', phase: 'Succeeded' });
    const keys = events.filter(({ type }) => type !== 'token').map(({ key }) => key);
    expect(new Set(keys).size).toBe(keys.length);
    expect(stdout).not.toContain(escape);
  });

  it.each(['auto', 'url', 'status'])('gives the same answer whichever way the events come: %s', async (way) => {
    const { exitCode, stdout, stderr } = await plugin.swarm('ask', 'list pipelines', '--stream', way, '-q');

    expect(exitCode, stderr).toBe(0);
    expect(stdout).toMatch(/^There are 5 Tekton pipelines: .*sleepy\.\n$/);
    expect(stderr).toBe('');
  });

  it('adds what comes by a pipe to the question', async () => {
    const { stdout } = await plugin.call({
      args: ['ask', 'Which pipelines can I run?', '-o', 'json'],
      input: 'a log\n',
    });

    expect(JSON.parse(stdout)).toMatchObject({ spec: { text: 'Which pipelines can I run?\n\n```\na log\n```' } });
  });

  it('does not wait with --no-wait, and goes on in the conversation that is named', async () => {
    const first = await plugin.swarm('ask', 'list pipelines', '--no-wait', '-o', 'name');
    const turn = first.stdout.trim();
    expect(turn).toMatch(/^turn\.swarm\.mlops\.dev\/ask-[a-z2-7]{5}-[a-z2-7]{5}$/);

    const watched = await plugin.swarm('watch', turn);
    expect(watched).toMatchObject({ exitCode: 0 });
    const conversation = turn.split('/')[1]?.replace(/-[a-z2-7]{5}$/, '') ?? '';
    await plugin.swarm('ask', 'Which pipelines can I run?', '-c', conversation);

    const shown = await plugin.swarm('show', conversation);
    expect(shown.stdout).toMatch(/› list pipelines[^]*› Which pipelines can I run\?/);
    expect(await story.conversation(conversation)).toMatchObject({ spec: { messages: [] } });
  });

  it('U28: does nothing risky without a terminal, exits with 3 and prints how to approve', async () => {
    const before = (await story.pipelineRuns()).length;

    const asked = await plugin.swarm('ask', 'Run the pipeline hello');

    expect(asked.exitCode).toBe(3);
    const [, command = ''] = /kubectl swarm (approve \S+) -n/.exec(asked.stderr) ?? [];
    expect(command).not.toBe('');
    expect(await story.pipelineRuns()).toHaveLength(before);

    const unsure = await plugin.swarm(...command.split(' '));
    expect(unsure).toMatchObject({ exitCode: 2, stdout: '' });
    expect(unsure.stderr).toMatch(/pipeline +hello/);
    expect(await story.pipelineRuns()).toHaveLength(before);

    const sure = await plugin.swarm(...command.split(' '), '--yes', '--reason', 'seen');
    expect(sure).toMatchObject({ exitCode: 0 });
    const watched = await plugin.swarm('watch', `turn/${command.split(' ')[1] ?? ''}`);
    expect(watched).toMatchObject({ exitCode: 0 });
    expect(await story.pipelineRuns()).toHaveLength(before + 1);
    const runs = await plugin.swarm('runs', '-o', 'name');
    expect(runs.stdout).toMatch(/^tekton\/swarm-[a-z2-7]{26}$/m);
  });

  it('tells the agent about a refusal, and the shell with 3', async () => {
    const before = (await story.pipelineRuns()).length;
    const asked = await plugin.swarm('ask', 'Run the pipeline hello', '-o', 'name');
    expect(asked.exitCode).toBe(3);

    const denied = await plugin.swarm('deny', asked.stdout.trim(), '--reason', 'not today', '-o', 'json');
    expect(JSON.parse(denied.stdout)).toMatchObject({ spec: { decision: 'Deny', reason: 'not today' } });

    expect(await plugin.swarm('watch', asked.stdout.trim())).toMatchObject({ exitCode: 3 });
    expect(await story.pipelineRuns()).toHaveLength(before);
  });

  it('approves what --approve names, stops waiting after --timeout with 6, and cancels', async () => {
    const args = ['ask', 'Run the pipeline sleepy and wait for it', '--approve', 'run_pipeline', '--timeout', '12s'];
    const asked = await plugin.swarm(...args);
    expect(asked.exitCode, asked.stderr).toBe(6);
    const [, turn = ''] = /kubectl swarm watch (\S+)/.exec(asked.stderr) ?? [];

    const cancelled = await plugin.swarm('cancel', `turn/${turn}`);

    expect(cancelled.exitCode, cancelled.stderr).toBe(0);
    expect(cancelled.stderr).toMatch(/not undone: run tekton\/swarm-/);
    expect(await plugin.swarm('watch', `turn/${turn}`)).toMatchObject({ exitCode: 1 });
  });

  it('cancels the turn on Ctrl-C and ends with 130', async () => {
    const question = 'Run the pipeline sleepy and wait for it';
    const args = ['ask', question, '--approve', 'run_pipeline', '-o', 'text'];

    const run = await plugin.call({ args, interruptOn: /Started run|run tekton/ });

    expect(run.exitCode, run.stderr).toBe(130);
    const phases = await story.until('the turn is cancelled', async () => {
      const turns = (await story.turns()).filter(({ spec }) => spec.text === question);
      return turns.every(({ status }) => status?.phase === 'Cancelled') && turns;
    });
    expect(phases).not.toHaveLength(0);
  });

  it('tells a limit that was reached with 7', async () => {
    await story.kubectl.apply(story.object('Conversation', 'narrow', { limits: { maxSteps: 1 } }));

    const { exitCode, stderr } = await plugin.swarm('ask', '-c', 'narrow', 'Which pipelines can I run?');

    expect(exitCode, stderr).toBe(7);
  });

  it('follows an intent to its end, and carries it out once more', async () => {
    await story.intend('inventory', { request: 'Which pipelines can I run?' });

    const watched = await plugin.swarm('watch', 'intent/inventory');
    expect(watched.exitCode, watched.stderr).toBe(0);
    expect(watched.stdout).toContain('churn-train');

    const retried = await plugin.swarm('retry', 'intent/inventory');
    expect(retried.exitCode, retried.stderr).toBe(0);
    expect(await story.kubectl.get<Intent>('intent', 'inventory')).toMatchObject({ spec: { attempt: 2 } });
    expect((await story.turns()).filter(({ spec }) => spec.owner.name === 'inventory')).toHaveLength(2);
  });

  it('asks the same again as a new turn', async () => {
    await plugin.swarm('ask', 'list pipelines', '-c', 'narrow');
    const [turn] = (await story.turns()).filter(({ spec }) => spec.owner.name === 'narrow');

    const { exitCode } = await plugin.swarm('retry', `turn/${turn?.metadata.name ?? ''}`);

    expect(exitCode).toBe(7);
  });

  describe('as files', () => {
    beforeAll(async () => {
      await story.say('kept', 'Which pipelines can I run?');
      await story.answer('kept', 0);
      await plugin.swarm('ask', '-c', 'kept', 'What does pipeline hello do?');
    });

    it('U29: exports a manifest that asks the same when it is applied', async () => {
      const { exitCode, stdout, stderr } = await plugin.swarm('export', 'kept', '--yaml');

      expect(exitCode, stderr).toBe(0);
      const manifest = parse(stdout) as Conversation;
      expect(manifest).toEqual({
        apiVersion: 'swarm.mlops.dev/v1alpha1',
        kind: 'Conversation',
        metadata: { name: 'kept' },
        spec: { messages: [{ text: 'Which pipelines can I run?' }, { text: 'What does pipeline hello do?' }] },
      });
      await story.kubectl.apply({ ...manifest, metadata: { name: 'kept-again' } });
      const again = await story.answer('kept-again', 1);
      expect(again.status?.turns?.map(({ text }) => text)).toEqual(manifest.spec.messages.map(({ text }) => text));
    });

    it('U29: exports one HTML file that loads nothing and runs nothing', async () => {
      await plugin.swarm('ask', '-c', 'kept', 'What is <script>alert(1)</script>?');

      const { stdout } = await plugin.swarm('export', 'kept', '--html');

      expect(stdout).toContain("default-src 'none'");
      expect(stdout).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
      expect(stdout).not.toMatch(/<script|<img|<link|src=|url\(/i);
    });

    it('exports Markdown and JSON', async () => {
      const markdown = await plugin.swarm('export', 'kept', '--md');
      const json = await plugin.swarm('export', 'kept', '--json');

      expect(markdown.stdout).toMatch(/^# kept\n[^]*> Which pipelines can I run\?\n[^]*- tekton\.list_pipelines/);
      const { items } = JSON.parse(json.stdout) as { items: { kind: string }[] };
      expect(items.map(({ kind }) => kind)).toEqual(['Conversation', 'Turn', 'Turn', 'Turn']);
    });

    it('lists what there is, and only what is selected', async () => {
      const all = await plugin.swarm('ls', '-o', 'name');
      expect(all.stdout).toContain('conversation.swarm.mlops.dev/kept\n');
      const everywhere = await plugin.swarm('ls', '-A', '--field-selector', 'status.phase=Idle');
      expect(everywhere.stdout).toMatch(new RegExp(`^NAMESPACE +NAME[^]*${story.namespace} +kept +Idle`));
      const none = await plugin.swarm('ls', '-l', 'nobody=has');
      expect(none).toMatchObject({ exitCode: 0, stdout: '' });
      expect(none.stderr).toContain('no conversations found');
    });

    it('completes commands, flags and names of the cluster', async () => {
      const commands = await plugin.swarm('__complete', 'cha');
      expect(commands.stdout).toMatch(/^chat\tTalk to the agents.*\n:4\n$/);
      const names = await plugin.swarm('__complete', '-n', story.namespace, 'show', 'kep');
      expect(names.stdout).toMatch(/^kept\t.*\n(kept-again\t.*\n)?:4\n$/);
      const values = await plugin.swarm('__complete', 'ask', '-o', 'json');
      expect(values.stdout).toBe('json\njsonl\n:4\n');
    });
  });

  describe('when something is missing', () => {
    it.each([
      { args: ['ask', 'hello', '--output', 'pdf'], says: /choices|Allowed/ },
      { args: ['ask'], says: /there is no question/ },
      { args: ['aks', 'hello'], says: /unknown command 'aks'/ },
      { args: ['ls', '--timeout', 'soon'], says: /unknown option/ },
      { args: ['ls', '--request-timeout', 'soon'], says: /time span/ },
    ])('exits with 2 for $args', async ({ args, says }) => {
      const { exitCode, stdout, stderr } = await plugin.swarm(...args);

      expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
      expect(stderr).toMatch(says);
    });

    it('exits with 1 for a name that does not exist', async () => {
      const { exitCode, stderr } = await plugin.swarm('show', 'nobody');

      expect(exitCode).toBe(1);
      expect(stderr).toContain(`there is no conversation, turn or intent nobody in namespace ${story.namespace}`);
    });

    it('U22: exits with 5 and names verb, resource and namespace of the missing right', async () => {
      const { exitCode, stderr } = await plugin.swarm('ask', 'hello', '--as', 'mallory');

      expect(exitCode).toBe(5);
      expect(stderr).toContain(
        `error: mallory may not create conversations.swarm.mlops.dev in namespace ${story.namespace}\n`,
      );
    });

    it('exits with 4 when the cluster cannot be reached', async () => {
      const { exitCode, stderr } = await plugin.swarm('ls', '--server', `https://127.0.0.1:${await closedPort()}`);

      expect(exitCode).toBe(4);
      expect(stderr).toMatch(/^error: the API server cannot be reached: /);
    });

    it('U22: exits with 4 and prints the install command on a cluster without Swarm', async () => {
      // As an API server answers for a group that it does not serve.
      const server = createHttpServer((_request, response) => {
        response.writeHead(404, { 'content-type': 'text/plain' }).end('404 page not found\n');
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const { port } = server.address() as AddressInfo;

      const { exitCode, stderr } = await plugin.swarm('ls', '--server', `http://127.0.0.1:${port}`);
      server.close();

      expect(exitCode).toBe(4);
      expect(stderr).toMatch(
        /^error: Swarm is not installed in this cluster\ntry: kubectl apply --server-side -f \S+install\.yaml\n$/,
      );
    });
  });
});

async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
