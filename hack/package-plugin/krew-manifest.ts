import { basename } from 'node:path';
import { stringify } from 'yaml';
import { type Archive } from './archive.ts';

/** `downloads` is the address under which the archives can be fetched. As krew asks for it: https://krew.sigs.k8s.io/docs/developer-guide/plugin-manifest/ */
export function krewManifest(
  archives: readonly Archive[],
  { version, downloads }: { readonly version: string; readonly downloads: string },
): string {
  return stringify(
    {
      apiVersion: 'krew.googlecontainertools.github.com/v1alpha2',
      kind: 'Plugin',
      metadata: { name: 'swarm' },
      spec: {
        version: `v${version}`,
        homepage: downloads,
        shortDescription: 'Talk to the agents of an ML platform',
        description: [
          'Ask the agents of Swarm in plain words, follow what they do on Kubeflow Pipelines,',
          'Tekton and object stores, and approve what they want to change.\n',
        ].join('\n'),
        caveats: 'Swarm runs in the cluster: kubectl swarm doctor says what is missing.\n',
        platforms: archives.map(({ file, sha256, platform }) => ({
          selector: { matchLabels: { os: platform.os, arch: platform.arch } },
          uri: `${downloads}/${basename(file)}`,
          sha256,
          bin: platform.executable,
          files: [
            { from: `./${platform.executable}`, to: '.' },
            { from: './LICENSE', to: '.' },
          ],
        })),
      },
    },
    { lineWidth: 120 },
  );
}
