import { type ApprovalSpec } from '../../api/approval.ts';
import { safeLine } from '../display/safe-text.ts';
import { isObjectFormat, nameOf, writeObject } from '../output/write-object.ts';
import { CliError } from '../session/cli-error.ts';
import { type CliContext } from '../session/cli-context.ts';
import { decide } from '../session/decide.ts';
import { confirm, showQuestion } from '../session/decide-here.ts';
import { type ExitCode, exitCodes } from '../session/exit-codes.ts';
import { findNamed, type Named } from '../session/find-turn.ts';
import { type CommandHandler, type Invocation } from '../session/invocation.ts';
import { type PendingCall, pendingCalls } from '../session/pending-calls.ts';
import { isInteractive } from '../session/shell.ts';

interface DecideOptions {
  readonly call?: string;
  readonly reason?: string;
  readonly yes?: boolean;
  readonly output: 'text' | 'json' | 'yaml' | 'name';
}

export const runApprove: CommandHandler<DecideOptions> = (invocation, words, options) =>
  runDecision(invocation, words, { ...options, decision: 'Approve' });

export const runDeny: CommandHandler<DecideOptions> = (invocation, words, options) =>
  runDecision(invocation, words, { ...options, decision: 'Deny' });

type DecisionOptions = DecideOptions & { readonly decision: ApprovalSpec['decision'] };

async function runDecision(
  { open }: Invocation,
  [name = '']: readonly string[],
  options: DecisionOptions,
): Promise<ExitCode> {
  const context = await open();
  const call = await theCall(context, await findNamed(context, name), options);
  await showQuestion(context, call);
  if (options.decision === 'Approve' && !(await isMeant(context, options))) {
    context.shell.stderr.write('nothing was decided\n');
    return exitCodes.approval;
  }
  const { callId, argumentsDigest, turn } = call;
  const { decision, reason } = options;
  const approval = await decide(context, { turn: turn.metadata, callId, argumentsDigest, decision, reason });
  if (isObjectFormat(options.output)) await writeObject(context, options.output, approval);
  else {
    const done = decision === 'Approve' ? 'approved' : 'denied';
    context.shell.stdout.write(`${safeLine(nameOf(approval))} ${done}\n`);
    context.shell.stderr.write(`follow it: kubectl swarm watch ${turn.metadata.name} -n ${turn.metadata.namespace}\n`);
  }
  return exitCodes.answered;
}

/** A refusal does no harm and is not asked about; an approval is, by default with no. */
async function isMeant(context: CliContext, { yes }: DecisionOptions): Promise<boolean> {
  if (yes === true) return true;
  if (isInteractive(context.shell)) return confirm(context, 'Approve this call?');
  throw new CliError(exitCodes.usage, 'nobody can be asked without a terminal: look at the call above and add --yes');
}

async function theCall(context: CliContext, named: Named, { call, decision }: DecisionOptions): Promise<PendingCall> {
  const waiting = await pendingCalls(context, named, call);
  const [first] = waiting;
  const { name } = named.object.metadata;
  const verb = decision.toLowerCase();
  if (first && waiting.length === 1) return first;
  if (!first) {
    const which = call === undefined ? 'no call' : `no call ${call}`;
    throw new CliError(exitCodes.failed, `${named.kind} ${name} has ${which} that waits for approval`, {
      next: `kubectl swarm show ${name} -n ${context.namespace}`,
    });
  }
  const choices = waiting.map(
    ({ turn, callId, agent, tool }) =>
      `kubectl swarm ${verb} turn/${turn.metadata.name} --call ${callId}   # ${agent}.${tool}`,
  );
  throw new CliError(exitCodes.usage, `${waiting.length} calls of ${name} wait; say which one`, {
    next: choices.map(safeLine).join('\n     '),
  });
}
