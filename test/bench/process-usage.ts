import { readFileSync, readdirSync, readlinkSync } from 'node:fs';

export interface ProcessUsage {
  readonly cpuSeconds: number;
  readonly rssMiB: number;
}

/** Linux only: the clock ticks of /proc are 1/100 s on every platform Node runs on. */
const ticksPerSecond = 100;

export function processUsage(pid: number): ProcessUsage {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  const [, rssKiB = '0'] = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return { cpuSeconds: (Number(fields[11]) + Number(fields[12])) / ticksPerSecond, rssMiB: Number(rssKiB) / 1024 };
}

/** API server and etcd of the cluster whose API server listens at this host; absent when they run elsewhere. */
export function controlPlanePids(apiServerHost: string): { readonly apiServer?: number; readonly etcd?: number } {
  const processes = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(describe);
  const apiServer = processes.find(
    ({ program, arguments: words }) => program === 'kube-apiserver' && words.includes(apiServerHost),
  );
  if (apiServer === undefined) return {};
  // Beds keep to network namespaces of their own: the etcd of this API server is the one in the same namespace.
  const etcd = processes.find(
    ({ program, network, arguments: words }) =>
      program === 'etcd' && network === apiServer.network && isServedBy(apiServer.arguments, words),
  );
  return { apiServer: apiServer.pid, ...(etcd === undefined ? {} : { etcd: etcd.pid }) };
}

interface Process {
  readonly pid: number;
  readonly program: string;
  readonly arguments: readonly string[];
  readonly network: string;
}

function describe(name: string): Process {
  const pid = Number(name);
  try {
    const words = readFileSync(`/proc/${name}/cmdline`, 'utf8')
      .split('\0')
      .filter((word) => word !== '');
    const program = words[0]?.split('/').pop() ?? '';
    return { pid, program, arguments: words, network: readlinkSync(`/proc/${name}/ns/net`) };
  } catch {
    return { pid, program: '', arguments: [], network: '' }; // it has ended, or is not ours to look at
  }
}

function isServedBy(apiServerArguments: readonly string[], etcdArguments: readonly string[]): boolean {
  const at = apiServerArguments.indexOf('--etcd-servers');
  const server = apiServerArguments[at + 1];
  return server !== undefined && etcdArguments.includes(server);
}
