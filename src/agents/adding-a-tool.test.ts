import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import ts from 'typescript';
import { expect, test } from 'vitest';
import type { TektonClient } from '../backends/tekton/tekton-client.ts';
import { callTool } from '../testing/call-tool.ts';
import { FakeTekton } from '../testing/fake-tekton.ts';
import { toolContext } from '../testing/tool-context.ts';
import type { Tool } from './tool.ts';

const projectRoot = join(import.meta.dirname, '../..');
const toolFile = join(projectRoot, 'src/agents/tekton/tools/count-runs.ts');
const useFile = join(projectRoot, 'src/agents/tekton/tools/count-runs.use.ts');
const guide = readFileSync(join(projectRoot, 'docs/adding-a-tool.md'), 'utf8');
const [tool = '', use = ''] = [...guide.matchAll(/```ts\n(.*?)```/gs)].map(([, code = '']) => code);

const importsOfUse = `
import { expect } from 'vitest';
import { callTool } from '../../../testing/call-tool.ts';
import { FakeTekton } from '../../../testing/fake-tekton.ts';
import { toolContext } from '../../../testing/tool-context.ts';
import { countRuns } from './count-runs.ts';
`;

/** What the compiler says about the blocks of the guide where they would stand in the project. */
function complaintsAbout(toolCode: string): readonly string[] {
  const files = new Map([
    [toolFile, toolCode],
    [useFile, importsOfUse + use],
  ]);
  const { config } = ts.readConfigFile(join(projectRoot, 'tsconfig.json'), (name) => ts.sys.readFile(name)) as {
    config: object;
  };
  const names = [...files.keys()];
  const { options } = ts.parseJsonConfigFileContent({ ...config, include: [], files: names }, ts.sys, projectRoot);
  const disk = ts.createCompilerHost(options);
  const host: ts.CompilerHost = {
    ...disk,
    readFile: (name) => files.get(name) ?? disk.readFile(name),
    fileExists: (name) => files.has(name) || disk.fileExists(name),
    getSourceFile: (name, languageVersion) => {
      const text = files.get(name);
      return text === undefined
        ? disk.getSourceFile(name, languageVersion)
        : ts.createSourceFile(name, text, languageVersion);
    },
  };
  const program = ts.createProgram(names, options, host);
  return names.flatMap((name) => {
    const source = program.getSourceFile(name);
    const found = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
    return found.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
  });
}

/** The tool of the guide as a module, its imports made absolute. */
async function moduleOfGuide(): Promise<{ readonly countRuns: (tekton: TektonClient) => Tool }> {
  const code = stripTypeScriptTypes(tool).replaceAll(/from '([^']+)'/g, (_all, name: string) => {
    const address = name.startsWith('.') ? new URL(name, pathToFileURL(toolFile)).href : import.meta.resolve(name);
    return `from '${address}'`;
  });
  return (await import(`data:text/javascript,${encodeURIComponent(code)}`)) as {
    countRuns: (tekton: TektonClient) => Tool;
  };
}

test('the example of the guide compiles as it stands', { timeout: 60_000 }, () => {
  expect(complaintsAbout(tool)).toEqual([]);
  const broken = tool.replace('data: { count }', "data: { count: 'many' }");
  expect(complaintsAbout(broken)).not.toEqual([]);
});

test('the example of the guide does what the guide says', async () => {
  const { countRuns } = await moduleOfGuide();
  const tekton = new FakeTekton();
  tekton.addRun('team-a', { name: 'build-1', state: 'Failed' });
  tekton.addRun('team-a', { name: 'build-2', state: 'Succeeded' });
  const result = await callTool(countRuns(tekton), { state: 'Failed' }, toolContext({ namespace: 'team-a' }));
  expect(result).toMatchObject({ kind: 'ok', data: { count: 1 } });
});
