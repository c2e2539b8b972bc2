import { BerthError, type ErrorCode, isDiskFullMessage } from '../errors.js';
import type { CommandResult } from './run-command.js';

const maxEvidenceLines = 30;
const maxReasonLength = 600;

/** Output of uv when the index did not answer, so that a retry may help. */
const networkFailure =
  /error sending request|dns error|connection (refused|reset)|timed out|HTTP status (server error|client error \(429)|Temporary failure in name resolution/i;

/** Converts a failed uv command to an error with uv's explanation, and with the end of the output as evidence. */
export function explainUvFailure(result: CommandResult, code: ErrorCode, summary: string): BerthError {
  const isNetwork = networkFailure.test(result.output) && !/No solution found/.test(result.output);
  const visible = hideScratchPaths(result.output);
  const reason = extractReason(visible);
  const output = visible.trim().split('\n').slice(-maxEvidenceLines).join('\n');
  const exit = result.exitCode === null ? 'timed out' : `exit code ${result.exitCode}`;
  const isFull = isDiskFullMessage(result.output);
  return new BerthError(isFull ? 'DISK_FULL' : isNetwork ? 'INDEX_UNREACHABLE' : code, `${summary}: ${reason}`, {
    evidence: `$ ${hideScratchPaths(shortenCommand(result.command))}\n${output}\n(${exit})`,
  });
}

/** Returns the explanation after uv's headline on one line, without drawing characters; the cause of a failed build. */
function extractReason(output: string): string {
  const lines = output
    .split('\n')
    .map((line) => line.replace(/^[\s×╰├─▶│]+/, '').trim())
    .filter((line) => line !== '' && !/^(warning|hint):/.test(line));
  const start = lines.findIndex((line) => /^(error:|No solution found|Failed to|Because )/.test(line));
  const explanation = start === -1 ? lines.slice(-3) : lines.slice(start);
  const streams = explanation.findIndex((line) => /^\[std(err|out)\]$/.test(line));
  const summary =
    streams === -1 ? explanation : [...explanation.slice(0, streams), findCause(explanation.slice(streams + 1))];
  const text = summary
    .map((line) => line.replace(headline, ''))
    .filter(Boolean)
    .join(' ');
  if (text === '') return 'uv gave no explanation';
  return text.length > maxReasonLength ? `${text.slice(0, maxReasonLength)}…` : text;
}

/** Returns the first line of a build's output that names an error, otherwise its last line. */
const findCause = (lines: string[]): string =>
  lines.find((line) => /^(\w*Error|error)\b/.test(line)) ?? lines.at(-1) ?? '';

const headline = /^(error: |cause: )*(No solution found when resolving dependencies.*)?/;

/** Replaces the paths of temporary copies, which are gone when a person reads them: the repository's copy is `.`. */
export const hideScratchPaths = (text: string): string =>
  text
    .replaceAll(/(?<![^\s`'"])[^\s`'"]*\/\.making-source-[\w-]+/g, '.')
    .replaceAll(/(?<![^\s`'"])[^\s`'"]*\/\.making-[^\s/`'"]+/g, '…');

/** Replaces the program's path by its name. */
const shortenCommand = (command: string): string => command.replace(/^\S*\/(?=\w+ )/, '');
