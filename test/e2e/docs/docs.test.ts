import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { OperatorUnderTest } from '../../support/operator-under-test.ts';
import { projectRoot, testCluster } from '../../support/test-cluster.ts';
import { Story } from '../story.ts';
import { type Block, blocksOf, commandsOf, fileNameOf, isAsShown, pages } from './blocks.ts';
import { dryRunOf } from './dry-runs.ts';

/** What a block may be. Pictures and answers have no language. */
const languages = new Set(['yaml', 'console', 'sh', 'json', 'ts', 'http', 'lua', 'promql', '']);

const blocks = pages().flatMap(blocksOf);
const named = ({ page, line }: Block) => `${page}:${line}`;

describe('the documentation', () => {
  it('has blocks of known languages only', () => {
    expect(blocks.filter(({ language }) => !languages.has(language)).map(named)).toEqual([]);
    expect(blocks.length).toBeGreaterThan(20);
  });

  it('links to files and headings that exist', () => {
    expect(pages().flatMap(brokenLinks)).toEqual([]);
  });

  it.each(blocks.filter(({ language }) => language === 'json'))('$page:$line is JSON', ({ text }) => {
    expect(() => JSON.parse(text) as unknown).not.toThrow();
  });
});

describe('what the documentation tells people to type', () => {
  const cluster = testCluster();
  let operator: OperatorUnderTest;
  let story: Story;
  let environment: NodeJS.ProcessEnv;
  const folder = mkdtempSync(join(tmpdir(), 'swarm-docs-'));

  beforeAll(async () => {
    execFileSync(`${projectRoot}/hack/test-bed/test-bed.sh`, ['tool', 'helm4'], { stdio: 'inherit' });
    story = await Story.begin(cluster, 'docs', () => operator.tail());
    operator = await OperatorUnderTest.start(cluster, { namespace: story.namespace, leaseName: 'swarm-operator' });
    environment = await userEnvironment(cluster, story.namespace, folder);
  }, 600_000);

  afterAll(async () => {
    await story.end();
    await operator.stop();
    rmSync(folder, { recursive: true });
  });

  const shell = (command: string, input = '') =>
    spawnSync('bash', ['-euo', 'pipefail', '-c', command], {
      cwd: folder,
      env: environment,
      input,
      encoding: 'utf8',
      timeout: 200_000,
    });

  it.each(blocks.filter(({ language, remark }) => language === 'yaml' && remark === ''))(
    '$page:$line is accepted by the API server',
    async ({ text }) => {
      for (const document of parseAllDocuments(text)) {
        expect(document.errors).toEqual([]);
        await story.kubectl.apply(document.toString(), '--dry-run=server', '--validate=strict');
      }
    },
  );

  it.each(blocks.filter(({ language }) => language === 'sh'))('$page:$line would do what it says', ({ text }) => {
    for (const command of dryRunOf(text)) {
      const { status, stdout, stderr } = shell(`cd ${projectRoot}; ${command}`);
      expect(`${command}: ${status} ${status === 0 ? '' : stdout + stderr}`).toBe(`${command}: 0 `);
    }
  });

  const pagesWithCommands = [...Map.groupBy(blocks, ({ page }) => page)].filter(([, own]) =>
    own.some(({ language }) => language === 'console'),
  );
  it.each(pagesWithCommands)('%s: every command gives what is shown', async (_page, own) => {
    for (const block of own) {
      const file = fileNameOf(block);
      if (block.language === 'yaml' && file !== undefined) writeFileSync(join(folder, file), block.text);
      if (block.language !== 'console') continue;
      for (const { command, output } of commandsOf(block)) {
        // As a terminal shows it: both in the order they come.
        const ran = shell(`exec 2>&1; ${command}`);
        const said = ran.stdout;
        const where = `${named(block)}: ${command}`;
        expect(`${where}: ends with ${ran.status}${ran.status === 0 ? '' : `: ${said}`}`).toBe(`${where}: ends with 0`);
        if (!isAsShown(output, said)) expect(`${where}\n${said}`).toBe(`${where}\n${output.join('\n')}`);
      }
    }
    await story.kubectl.run('delete', 'conversations,intents,swarmconfigs,knowledgebases', '--all', '--timeout=60s');
    await story.kubectl.run('delete', 'secrets', '--all');
  });
});

/** A person's: their kubeconfig with the namespace set, and the plugin in PATH beside kubectl. */
async function userEnvironment(
  { kubeconfig, kubectl }: ReturnType<typeof testCluster>,
  namespace: string,
  folder: string,
): Promise<NodeJS.ProcessEnv> {
  const own = join(folder, '.kubeconfig');
  writeFileSync(own, readFileSync(kubeconfig), { mode: 0o600 });
  await kubectl.run('config', 'set-context', '--current', `--namespace=${namespace}`, `--kubeconfig=${own}`);
  return {
    ...process.env,
    KUBECONFIG: own,
    HOME: folder,
    // The tools of the test bed are kept there.
    XDG_CACHE_HOME: process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'),
    PATH: `${join(projectRoot, 'bin')}:${process.env['PATH'] ?? ''}`,
  };
}

/** Links within the repository, as `page: target`. */
function brokenLinks(page: string): readonly string[] {
  const text = readFileSync(join(projectRoot, page), 'utf8').replaceAll(/^\s*```[^]*?^\s*```/gm, '');
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !/^(https?|mailto):/.test(target))
    .filter((target) => !leadsSomewhere(page, target))
    .map((target) => `${page}: ${target}`);
}

function leadsSomewhere(page: string, target: string): boolean {
  const [path = '', heading] = target.split('#');
  const file = path === '' ? join(projectRoot, page) : join(projectRoot, dirname(page), path);
  if (!existsSync(file)) return false;
  return heading === undefined || headingsOf(readFileSync(file, 'utf8')).has(heading);
}

/** Anchors as GitHub makes them. */
function headingsOf(text: string): ReadonlySet<string> {
  const titles = [...text.matchAll(/^#+ (.*)$/gm)].map(([, title = '']) => title);
  return new Set(
    titles.map((title) =>
      title
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
        .trim()
        .replaceAll(' ', '-'),
    ),
  );
}
