import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { type Story } from '../e2e/story.ts';
import { projectRoot, type TestCluster } from '../support/test-cluster.ts';
import { waitFor } from '../support/wait-for.ts';
import { ArgoCd, type Application } from './argo-cd.ts';
import { GitRepository } from './git-repository.ts';

type Spec = Record<string, unknown>;
type Files = Readonly<Record<string, string | object | undefined>>;

/** One team with its project in Argo CD, set up with the files of contrib/argocd. */
export class Delivery {
  readonly story: Story;
  readonly argo: ArgoCd;
  readonly #cluster: TestCluster;
  readonly #repositories: GitRepository[] = [];
  readonly #applications: string[] = [];

  private constructor(cluster: TestCluster, story: Story, argo: ArgoCd) {
    this.#cluster = cluster;
    this.story = story;
    this.argo = argo;
  }

  static async begin(cluster: TestCluster, story: Story): Promise<Delivery> {
    const argocd = cluster.kubectl.in('argocd');
    const ours = (name: string) => sample(name).replaceAll('team-a', story.namespace);
    for (const name of ['argocd-cm', 'argocd-rbac-cm']) {
      await argocd.apply(ours(name), '--server-side', '--force-conflicts');
    }
    await setArgoCd(cluster, { 'accounts.carol': 'apiKey', 'accounts.mallory': 'apiKey', ...impersonation(true) });
    await story.kubectl.apply(ours('deployer'));
    const project = parse(ours('appproject')) as { spec: Spec };
    project.spec['sourceRepos'] = ['*'];
    await argocd.apply(project);
    return new Delivery(cluster, story, await ArgoCd.asAdministrator(cluster.kubectl));
  }

  /** From now on Argo CD acts with rights of its own, those of contrib/argocd/argocd-server-role.yaml. */
  async withoutImpersonation(): Promise<void> {
    await this.#cluster.kubectl.apply(sample('argocd-server-role'));
    await setArgoCd(this.#cluster, impersonation(false));
  }

  async end(): Promise<void> {
    const argocd = this.#cluster.kubectl.in('argocd');
    if (this.#applications.length > 0)
      await argocd.run('delete', 'application', ...this.#applications, '--ignore-not-found');
    await argocd.run('delete', 'appproject', this.story.namespace, '--ignore-not-found');
    await this.#cluster.kubectl.run(
      'delete',
      'clusterrole,clusterrolebinding',
      'argocd-server-swarm-actions',
      '--ignore-not-found',
    );
    for (const repository of this.#repositories) repository.remove();
  }

  /** An Application like the sample, of a new repository with these files in the folder `swarm`. */
  async deploy(name: string, files: Files, retry?: object): Promise<Deployment> {
    const repository = new GitRepository();
    this.#repositories.push(repository);
    this.#applications.push(name);
    const application = parse(sample('application').replaceAll('team-a', this.story.namespace)) as {
      metadata: { name: string };
      spec: { source: { repoURL: string }; syncPolicy: Spec };
    };
    application.metadata.name = name;
    application.spec.source.repoURL = repository.url;
    if (retry !== undefined) application.spec.syncPolicy['retry'] = retry;
    const deployment = new Deployment({ name, repository, delivery: this, cluster: this.#cluster });
    deployment.write(files);
    await this.#cluster.kubectl.in('argocd').apply(application);
    return deployment;
  }
}

export class Deployment {
  readonly name: string;
  readonly #repository: GitRepository;
  readonly #delivery: Delivery;
  readonly #cluster: TestCluster;

  constructor(of: { name: string; repository: GitRepository; delivery: Delivery; cluster: TestCluster }) {
    this.name = of.name;
    this.#repository = of.repository;
    this.#delivery = of.delivery;
    this.#cluster = of.cluster;
  }

  write(files: Files): void {
    this.#repository.commit(
      Object.fromEntries(Object.entries(files).map(([file, content]) => [`swarm/${file}.yaml`, content])),
    );
  }

  /** As a push that a webhook tells Argo CD of. */
  async push(files: Files): Promise<void> {
    this.write(files);
    await this.refresh();
  }

  async refresh(): Promise<void> {
    const annotation = 'argocd.argoproj.io/refresh=normal';
    await this.#cluster.kubectl.in('argocd').run('annotate', '--overwrite', 'application', this.name, annotation);
  }

  application(): Promise<Application> {
    return this.#cluster.kubectl.in('argocd').get<Application>('applications.argoproj.io', this.name);
  }

  async resource(kind: string, name: string) {
    const { status } = await this.application();
    return status?.resources?.find((resource) => resource.kind === kind && resource.name === name);
  }

  until(what: string, holds: (application: Application) => boolean | Promise<boolean>): Promise<Application> {
    return waitFor(
      `${this.name}: ${what}`,
      async () => {
        const application = await this.application();
        return (await holds(application)) && application;
      },
      {
        withinMs: 120_000,
        explain: async () => JSON.stringify((await this.application()).status, null, 1).slice(0, 6_000),
      },
    );
  }

  healthy(): Promise<Application> {
    return this.until('is synced and healthy', ({ status }) => {
      return status?.sync?.status === 'Synced' && status.health?.status === 'Healthy';
    });
  }

  /** Until Argo CD itself says so of one resource; @returns its message. */
  async health(of: { kind: string; name: string }, wanted: string): Promise<string> {
    await this.until(`${of.kind} ${of.name} is ${wanted}`, async () => {
      return (await this.resource(of.kind, of.name))?.health?.status === wanted;
    });
    return (await this.resource(of.kind, of.name))?.health?.message ?? '';
  }

  reference(kind: string, name: string) {
    return { kind, name, namespace: this.#delivery.story.namespace };
  }
}

function sample(name: string): string {
  return readFileSync(`${projectRoot}/contrib/argocd/${name}.yaml`, 'utf8');
}

const impersonation = (enabled: boolean) => ({ 'application.sync.impersonation.enabled': `${enabled}` });

async function setArgoCd({ kubectl }: TestCluster, data: Readonly<Record<string, string>>): Promise<void> {
  const patch = ['--type=merge', '--patch', JSON.stringify({ data })];
  await kubectl.in('argocd').run('patch', 'configmap', 'argocd-cm', ...patch);
}
