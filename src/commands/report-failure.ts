import { BerthError, codes, isErrorCode } from '../errors.js';
import type { Colors } from './colors.js';
import type { Output } from './output.js';
import { proposeCommands } from './propose-commands.js';

/** The parts of a failure that a person sees; shared by errors and a deployment's `lastError`. */
export interface Failure {
  code: string;
  message: string;
  next: string;
  evidence: string | null;
}

/** Reports a failure: as JSON on stdout with `--json`, else as text on stderr. Returns the exit code. */
export async function reportFailure(output: Output, thrown: unknown, words: readonly string[] = []): Promise<number> {
  const error = BerthError.from(thrown);
  // code that throws USAGE does not know the command
  error.details.command ??= words.find((word) => !word.startsWith('-'));
  const { code, message, next, details } = error;
  const evidence = details.fullEvidence ?? details.evidence ?? null;
  output.progress.end();
  if (output.isJson) await output.line(JSON.stringify({ error: toFailureJson(error, evidence) }));
  else {
    const nextStep = proposeCommands(error, words) ?? next;
    output.note(renderFailure({ code, message, next: nextStep, evidence }, output.noteColors));
  }
  if (output.isVerbose) output.note(output.noteColors.dim(renderStack(error)));
  return error.exitCode;
}

/** Builds the JSON of a failure, with the same content as the text. */
const toFailureJson = ({ code, message, next, details: { candidates = [] } }: BerthError, evidence: string | null) => ({
  code,
  message,
  next,
  ...(candidates.length > 0 && { candidates }),
  ...(evidence !== null && { evidence }),
});

/** Renders a failure: one red line, the evidence, and the next step. */
export function renderFailure({ code, message, next, evidence }: Failure, colors: Colors): string {
  const [first = '', ...rest] = message.trimEnd().split('\n');
  const evidenceLines = evidence?.trimEnd().split('\n') ?? [];
  const more = [...rest, ...(evidenceLines[0] === first ? evidenceLines.slice(1) : evidenceLines)];
  return [colors.red(`${colors.bold(code)} ${first}`), ...more.map((line) => `  ${line}`), next].join('\n');
}

/** Returns the exit code of a deployment that ended with this error. */
export const getExitCode = (code: string): number => (isErrorCode(code) ? codes[code].exit : 1);

function renderStack(error: Error): string {
  const cause = error.cause instanceof Error ? `\nCaused by: ${renderStack(error.cause)}` : '';
  return `${error.stack ?? error.message}${cause}`;
}
