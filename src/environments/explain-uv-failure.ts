import { BerthError, type ErrorCode, isDiskFullMessage } from '../errors.js';
import type { CommandResult } from './run-command.js';

const maxEvidenceLines = 30;
const maxReasonLength = 600;

/** What uv says when the index did not answer: trying again may help. */
const networkSigns =
  /error sending request|dns error|connection (refused|reset)|timed out|HTTP status (server error|client error \(429)|Temporary failure in name resolution/i;

/** A failed uv command as an error in uv's own words, shortened; the full end of its output is the evidence. */
export function explainUvFailure(result: CommandResult, code: ErrorCode, what: string): BerthError {
  const isNetwork = networkSigns.test(result.output) && !/No solution found/.test(result.output);
  const told = hideScratchPaths(result.output);
  const reason = extractReason(told);
  const output = told.trim().split('\n').slice(-maxEvidenceLines).join('\n');
  const exit = result.exitCode === null ? 'was ended' : `exit code ${result.exitCode}`;
  const isFull = isDiskFullMessage(result.output);
  return new BerthError(isFull ? 'DISK_FULL' : isNetwork ? 'INDEX_UNREACHABLE' : code, `${what}: ${reason}`, {
    evidence: `$ ${hideScratchPaths(shortenCommand(result.command))}\n${output}\n(${exit})`,
  });
}

/** The explanation after uv's headline, on one line, without its drawing characters; of a traceback the last line. */
function extractReason(output: string): string {
  const lines = output
    .split('\n')
    .map((line) => line.replace(/^[\s×╰├─▶│]+/, '').trim())
    .filter((line) => line !== '' && !/^(warning|hint):/.test(line));
  const start = lines.findIndex((line) => /^(error:|No solution found|Failed to|Because )/.test(line));
  const told = start === -1 ? lines.slice(-3) : lines.slice(start);
  const streams = told.findIndex((line) => /^\[std(err|out)\]$/.test(line));
  const kept = streams === -1 ? told : [...told.slice(0, streams), findCause(told.slice(streams + 1))];
  const text = kept
    .map((line) => line.replace(headline, ''))
    .filter(Boolean)
    .join(' ');
  if (text === '') return 'uv gave no explanation';
  return text.length > maxReasonLength ? `${text.slice(0, maxReasonLength)}…` : text;
}

/** The first line of a build's output that says “error”, else its last. */
const findCause = (lines: string[]): string =>
  lines.find((line) => /^(\w*Error|error)\b/.test(line)) ?? lines.at(-1) ?? '';

const headline = /^(error: |cause: )*(No solution found when resolving dependencies.*)?/;

/** Our copies and half-made directories are gone when this is read: the repository is `.`, the rest is not of interest. */
export const hideScratchPaths = (text: string): string =>
  text
    .replaceAll(/(?<![^\s`'"])[^\s`'"]*\/\.making-source-[\w-]+/g, '.')
    .replaceAll(/(?<![^\s`'"])[^\s`'"]*\/\.making-[^\s/`'"]+/g, '…');

/** Programs by name instead of by path. */
const shortenCommand = (command: string): string => command.replace(/^\S*\/(?=\w+ )/, '');
