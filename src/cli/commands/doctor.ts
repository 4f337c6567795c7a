import { type Finding } from '../doctor/check.ts';
import { examine } from '../doctor/examine.ts';
import { safeLine } from '../display/safe-text.ts';
import { marks, styled } from '../display/style.ts';
import { objectText } from '../output/write-object.ts';
import { type CliContext } from '../session/cli-context.ts';
import { exitCodes } from '../session/exit-codes.ts';
import { type CommandHandler } from '../session/invocation.ts';

interface DoctorOptions {
  readonly operatorNamespace: string;
  readonly output: 'text' | 'json';
}

export const runDoctor: CommandHandler<DoctorOptions> = async ({ open }, _words, { operatorNamespace, output }) => {
  const context = await open();
  const findings: Finding[] = [];
  for await (const finding of examine({ context, operatorNamespace })) {
    findings.push(finding);
    if (output === 'text') context.shell.stdout.write(lineOf(finding, context));
  }
  const ok = findings.every((finding) => finding.ok);
  if (output === 'json') context.shell.stdout.write(await objectText('json', { ok, findings }));
  return ok ? exitCodes.answered : exitCodes.failed;
};

function lineOf({ check, ok, message, fix }: Finding, { layout }: CliContext): string {
  const { look } = layout();
  const sign = look.words ? (ok ? 'ok:' : 'broken:') : ok ? marks(look).done : marks(look).failed;
  const line = `${styled(look, ok ? 'good' : 'bad', sign)} ${safeLine(check)}: ${safeLine(message)}\n`;
  return fix === undefined ? line : `${line}  ${look.unicode ? '→' : '->'} ${safeLine(fix)}\n`;
}
