import { htmlTranscript } from '../output/html-transcript.ts';
import { transcriptMarkdown } from '../output/transcript.ts';
import { listOf, objectText } from '../output/write-object.ts';
import { CliError } from '../session/cli-error.ts';
import { exitCodes } from '../session/exit-codes.ts';
import { findNamed, turnsOf } from '../session/find-turn.ts';
import { type CommandHandler } from '../session/invocation.ts';
import { manifestOf } from '../session/manifest-of.ts';

interface ExportOptions {
  readonly yaml?: boolean;
  readonly md?: boolean;
  readonly html?: boolean;
  readonly json?: boolean;
}

export const runExport: CommandHandler<ExportOptions> = async ({ open }, [name = ''], options) => {
  const context = await open();
  const named = await findNamed(context, name.includes('/') ? name : `conversation/${name}`);
  if (named.kind !== 'conversation') throw new CliError(exitCodes.usage, `${name} is no conversation`);
  const turns = await turnsOf(context, named);
  const conversation = named.object;
  const title = conversation.metadata.name;
  const text = options.md
    ? transcriptMarkdown(title, turns)
    : options.html
      ? htmlTranscript(title, turns)
      : options.json
        ? await objectText('json', listOf([conversation, ...turns]))
        : await objectText('yaml', manifestOf(conversation, turns));
  context.shell.stdout.write(text);
  return exitCodes.answered;
};
