import { BerthError } from '../errors.js';
import { listenForInterruption } from './interruption.js';
import type { CommandInvocation, HelpInvocation, Invocation } from './invocation.js';
import { createOutput, exitOnBrokenPipe, type Output } from './output.js';
import { parseRunCommand } from './parse-run-command.js';
import { reportFailure } from './report-failure.js';

/** Runs the command line, and catches all errors in this one function. Returns the exit code. */
export async function runCommandLine(words: string[]): Promise<number> {
  exitOnBrokenPipe(process.stdout);
  const flags = readFlags(words);
  const output = createOutput(process, flags);
  try {
    if (flags.isVersionRequested) return await writeVersion(output);
    const invocation = parseRunCommand(words) ?? (await parse(words));
    return invocation.kind === 'help' ? await writeHelp(invocation, output) : await perform(invocation, output);
  } catch (thrown) {
    return await reportFailure(output, thrown, words);
  }
}

/** Reads global flags before parsing, because parse errors must respect them. */
function readFlags(words: string[]) {
  const end = words.indexOf('--');
  const flags = new Set(end === -1 ? words : words.slice(0, end));
  return {
    isJson: flags.has('--json'),
    isVerbose: flags.has('--verbose') || flags.has('-v'),
    isVersionRequested: flags.has('--version') || flags.has('-V'),
  };
}

async function writeVersion(output: Output): Promise<number> {
  const { readVersion } = await import('./read-version.js');
  const version = await readVersion();
  await output.result({ version }, () => version);
  return 0;
}

async function parse(words: string[]): Promise<Invocation> {
  const { commandGroups, parseCommandLine } = await import('./index.js');
  return parseCommandLine(words, commandGroups);
}

async function perform(invocation: CommandInvocation, output: Output): Promise<number> {
  const { command, arguments: given, options } = invocation;
  for (const [name, { check }] of Object.entries(command.arguments)) {
    const value = given[name];
    if (value !== undefined) check?.(value);
  }
  const interruption = listenForInterruption();
  const context = { arguments: given, options, output, signal: interruption.signal };
  const work = command.run(context);
  if (!command.handlesInterruption) return (await Promise.race([work, interruption.ended])) ?? 0;
  interruption.ended.catch(() => {}); // only a second Ctrl-C ends it early
  return (await work) ?? 0;
}

/** Writes requested help to stdout; when the command is missing, writes help to stderr and returns 2. */
async function writeHelp({ text, isRequested }: HelpInvocation, output: Output): Promise<number> {
  if (isRequested) {
    await output.line(text);
    return 0;
  }
  if (output.isJson) throw new BerthError('COMMAND_UNKNOWN', 'no command given');
  output.note(text);
  return 2;
}
