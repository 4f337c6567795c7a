import { citationsText } from '../display/citations.ts';
import { LiveLine } from '../display/live-line.ts';
import { renderMarkdown } from '../display/markdown.ts';
import { safeLine, safeText } from '../display/safe-text.ts';
import { styled } from '../display/style.ts';
import { toolLine } from '../display/tool-line.ts';
import { type AnswerFormat } from '../options/common-options.ts';
import { type CliContext } from '../session/cli-context.ts';
import { type TurnEvent, type TurnEventOf } from '../../streaming/turn-event.ts';
import { outputTerminal } from './output-terminal.ts';
import { escaped } from './write-object.ts';

export interface AnswerViewOptions {
  readonly format: AnswerFormat;
  /** Nothing on stderr. */
  readonly quiet: boolean;
}

type Calls = Map<string, TurnEventOf<'tool_call'>>;

/** One turn while it goes on: the answer on stdout, everything else on stderr. */
export class AnswerView {
  readonly #context: CliContext;
  readonly #format: AnswerFormat;
  readonly #live: LiveLine | undefined;
  readonly #calls: Calls = new Map();
  #answer = { name: '', text: '' };

  constructor(context: CliContext, { format, quiet }: AnswerViewOptions) {
    this.#context = context;
    this.#format = format;
    const { shell, clock } = context;
    if (!quiet) {
      this.#live = new LiveLine({ terminal: outputTerminal(shell.stderr), look: context.errorLayout().look, clock });
    }
  }

  /** Each event once, tokens merged. */
  // eslint-disable-next-line complexity -- one line for each type of event
  show(event: TurnEvent): void {
    if (this.#format === 'jsonl') this.#write(`${escaped(JSON.stringify(event))}\n`);
    switch (event.type) {
      case 'turn':
        this.#begin(phaseInWords(event));
        break;
      case 'token':
        this.#showToken(event);
        break;
      case 'tool_call':
        this.#calls.set(event.call, event);
        this.#begin(`${event.agent ?? ''}.${event.tool}`.replace(/^\./, ''));
        break;
      case 'tool_result':
        this.#showResult(event);
        break;
      case 'message':
        this.#showMessage(event);
        break;
      case 'error':
        this.note(event.message);
        break;
      case 'done':
        if (event.phase !== 'Succeeded') this.note(`${event.phase}: ${event.message}`);
        break;
      case 'run_progress':
        this.#live?.print(runLine(event));
        break;
      case 'approval_required':
      case 'usage':
        break;
    }
  }

  /** A line on stderr. */
  note(text: string): void {
    const { look } = this.#context.errorLayout();
    this.#live?.print(styled(look, 'faint', safeText(text)));
  }

  /** Something that belongs to the answer, on stdout. */
  write(text: string): void {
    this.#write(text);
  }

  end(): void {
    this.#live?.end();
  }

  /** What happens now is for those who see it happen; in a log it would only be noise. */
  #begin(what: string): void {
    const { live, words } = this.#context.errorLayout().look;
    if (live || words) this.#live?.begin(what);
  }

  #write(text: string): void {
    const write = () => this.#context.shell.stdout.write(text);
    if (this.#live) this.#live.around(write);
    else write();
  }

  /** Shown while it comes, and replaced by the whole answer: a piece may belong to an answer that breaks off. */
  #showToken({ answer, offset, text }: TurnEventOf<'token'>): void {
    const before = this.#answer.name === answer ? this.#answer.text : '';
    this.#answer = { name: answer, text: before.slice(0, offset) + text };
    if (this.#format !== 'text' && this.#format !== 'md') return;
    this.#live?.showOpen(renderMarkdown(this.#answer.text, this.#context.errorLayout()));
  }

  #showResult(result: TurnEventOf<'tool_result'>): void {
    const call = this.#calls.get(result.call);
    // The agent that was asked shows its own calls.
    if (call?.effect === 'delegate') return;
    const { agent, tool, state, summary } = result;
    const depth = (result.frame ?? '') === '' ? 0 : 1;
    const line = { agent, tool, state, summary, depth, arguments: call?.arguments ?? '{}' };
    this.#live?.print(toolLine(line, this.#context.errorLayout()));
  }

  #showMessage(message: TurnEventOf<'message'>): void {
    this.#live?.showOpen('');
    if (this.#format === 'text') this.#write(answerText(message, this.#context));
    if (this.#format === 'md') this.#write(answerMarkdown(message));
  }
}

function phaseInWords({ phase, message }: TurnEventOf<'turn'>): string {
  return message === undefined ? phase : `${phase}: ${safeLine(message)}`;
}

function runLine({ run }: TurnEventOf<'run_progress'>): string {
  return safeLine(`run ${run.backend}/${run.name} of ${run.pipeline}: ${run.state}`);
}

type Answer = Pick<TurnEventOf<'message'>, 'text' | 'citations' | 'truncated'>;

export function answerText({ text, citations, truncated }: Answer, { layout }: Pick<CliContext, 'layout'>): string {
  const cut = truncated === true ? '… (the answer was cut)\n' : '';
  const sources = citationsText(citations, layout());
  return withLineEnd(renderMarkdown(text, layout())) + cut + (sources === '' ? '' : `\n${sources}`);
}

export function answerMarkdown({ text, citations }: Answer): string {
  const sources = citations.map(
    ({ n, title, url }) => `[${n}]: <${safeLine(url)}> "${safeLine(title).replaceAll('"', "'")}"\n`,
  );
  return withLineEnd(safeText(text)) + (sources.length === 0 ? '' : `\n${sources.join('')}`);
}

function withLineEnd(text: string): string {
  return text.endsWith('\n') ? text : `${text}\n`;
}
