/**
 * The layers of docs/architecture.md, executable. Lowest first: a folder may import itself and the folders listed for it.
 */
const mayImport = {
  base: [],
  api: ['base'],
  kube: ['base'],
  operator: ['base', 'kube'],
  language: ['base'],
  models: ['base', 'language'],
  backends: ['base', 'kube'],
  retrieval: ['base', 'backends'],
  agents: ['base', 'backends', 'retrieval'],
  turns: ['base', 'models', 'agents'],
  reconcilers: ['base', 'api', 'kube', 'operator', 'turns', 'retrieval'],
  streaming: ['base', 'api'],
  cli: ['base', 'api', 'kube', 'streaming'],
};
const notTest = '\\.test\\.ts$';

const layerRules = Object.entries(mayImport).map(([layer, others]) => ({
  name: `${layer}-imports`,
  severity: 'error',
  from: { path: `^src/${layer}/`, pathNot: notTest },
  to: { path: '^src/', pathNot: `^src/(${[layer, ...others].join('|')})/` },
}));

module.exports = {
  forbidden: [
    ...layerRules,
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'only-the-composition-root-knows-concrete-agents',
      severity: 'error',
      comment: 'everyone else sees agent.ts and tool.ts',
      from: { path: '^src/', pathNot: `${notTest}|^src/(agents/|main\\.ts$|compose/)` },
      to: { path: '^src/agents/[^/]+/' },
    },
    {
      name: 'agents-are-siblings',
      severity: 'error',
      from: { path: '^src/agents/([^/]+)/', pathNot: notTest },
      to: { path: '^src/agents/[^/]+/', pathNot: '^src/agents/$1/' },
    },
    {
      name: 'reconcilers-are-siblings',
      severity: 'error',
      from: { path: '^src/reconcilers/([^/]+)/' },
      to: { path: '^src/reconcilers/[^/]+/', pathNot: '^src/reconcilers/$1/' },
    },
    {
      name: 'only-pipeline-backends-speak-kubernetes',
      severity: 'error',
      comment: 'Tekton is Kubernetes objects, and Kubeflow runs leave Workflows and pods; the others are HTTP and S3',
      from: { path: '^src/backends/(?!tekton/|kfp/)', pathNot: notTest },
      to: { path: '^src/kube/' },
    },
    {
      name: 'kubernetes-client-behind-one-door',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/kube/' },
      to: { path: 'node_modules/@kubernetes/' },
    },
    {
      name: 'fakes-stay-in-tests',
      severity: 'error',
      from: { path: '^src/', pathNot: `${notTest}|^src/testing/` },
      to: { path: '^src/testing/' },
    },
    {
      name: 'plans-and-statuses-are-pure',
      severity: 'error',
      from: { path: '^src/reconcilers/.*/(plan|status)\\.ts$' },
      to: { path: '^src/', pathNot: '^src/api/|^src/reconcilers/[^/]+/(observed|plan|status)\\.ts$' },
    },
    { name: 'nobody-imports-main', severity: 'error', from: {}, to: { path: '^src/main\\.ts$' } },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: { extensions: ['.ts', '.js'] },
  },
};
