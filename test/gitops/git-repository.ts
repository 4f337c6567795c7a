import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { stringify } from 'yaml';

/** A Git repository of a team, on this machine. */
export class GitRepository {
  readonly #folder = mkdtempSync(join(tmpdir(), 'swarm-gitops-'));

  constructor() {
    this.#git('init', '--quiet', '--initial-branch=main');
    this.commit({ 'README.md': 'What this team deploys.\n' });
  }

  get url(): string {
    return `file://${this.#folder}`;
  }

  /** Files by path, as text or as an object that becomes YAML; undefined removes one. */
  commit(files: Readonly<Record<string, string | object | undefined>>): void {
    for (const [path, content] of Object.entries(files)) {
      const file = join(this.#folder, path);
      mkdirSync(dirname(file), { recursive: true });
      if (content === undefined) rmSync(file);
      else writeFileSync(file, typeof content === 'string' ? content : stringify(content));
    }
    this.#git('add', '--all');
    this.#git('commit', '--quiet', '--allow-empty', '--message', 'Change');
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #git(...args: readonly string[]): void {
    const author = ['-c', 'user.name=Test', '-c', 'user.email=test@example.com', '-c', 'commit.gpgsign=false'];
    execFileSync('git', [...author, ...args], { cwd: this.#folder, stdio: ['ignore', 'ignore', 'pipe'] });
  }
}
