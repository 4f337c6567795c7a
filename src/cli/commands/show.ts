import { safeLine } from '../display/safe-text.ts';
import { transcriptMarkdown, transcriptText } from '../output/transcript.ts';
import { isObjectFormat, listOf, writeObject } from '../output/write-object.ts';
import { exitCodes } from '../session/exit-codes.ts';
import { findNamed, type Named, turnsOf } from '../session/find-turn.ts';
import { type CommandHandler } from '../session/invocation.ts';

interface ShowOptions {
  readonly output: 'text' | 'md' | 'json' | 'yaml' | 'name';
  readonly details?: boolean;
}

export const runShow: CommandHandler<ShowOptions> = async ({ open }, [name = ''], { output, details = false }) => {
  const context = await open();
  const named = await findNamed(context, name);
  const turns = await turnsOf(context, named);
  if (isObjectFormat(output)) {
    await writeObject(context, output, named.kind === 'turn' ? named.object : listOf([named.object, ...turns]));
  } else if (output === 'md') {
    context.shell.stdout.write(transcriptMarkdown(named.object.metadata.name, turns));
  } else {
    if (named.kind !== 'turn' && turns.length === 0) context.shell.stderr.write(nothingYet(named));
    context.shell.stdout.write(transcriptText(turns, context.layout(), { details }));
    context.shell.stdout.write(verdictOf(named));
  }
  return exitCodes.answered;
};

function nothingYet({ kind, object }: Named): string {
  return `${kind} ${object.metadata.name} has no turn yet\n`;
}

/** What an intent came to, beyond the words of its turn. */
function verdictOf(named: Named): string {
  if (named.kind !== 'intent') return '';
  const { status } = named.object;
  const expectations = (status?.expectations ?? []).map(
    ({ metric, want, got, met }) => `${met ? 'met' : 'missed'}: ${metric} ${want}, was ${got ?? 'not reported'}`,
  );
  return [`intent ${status?.phase ?? 'Planning'}`, ...expectations].map((line) => `${safeLine(line)}\n`).join('');
}
