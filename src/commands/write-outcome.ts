import type { PastChange } from '../contract/change.js';
import type { DeploymentInfo, LastError } from '../contract/status.js';
import { describeNext } from '../errors.js';
import type { Colors } from './colors.js';
import type { Output } from './output.js';
import { truncateToWidth } from './progress.js';
import { readExampleInput } from './read-example-input.js';
import { renderRunning } from './render-deployment.js';
import { type Failure, getExitCode, renderFailure } from './report-failure.js';

/** Writes the outcome of `deploy` or `resume`: running, or the failure. Returns the exit code. */
export const writeOutcome = (info: DeploymentInfo, output: Output): Promise<number> =>
  info.state === 'running' && info.change === null ? writeRunning(info, output) : writeFailure(info, output);

/** Writes the outcome of a change: live, unchanged, or the failure. Returns the exit code. */
export async function writeChangeOutcome(info: DeploymentInfo, id: string, output: Output): Promise<number> {
  const past = info.changes.find((change) => change.id === id);
  if (past?.outcome === 'live') return await writeRunning(info, output);
  if (past?.outcome === 'unchanged') {
    await output.result(info, () => `${info.name} is unchanged: ${past.note} (redeploy anyway: --force)`);
    return 0;
  }
  return await writeFailure(
    { ...info, lastError: past === undefined ? info.lastError : toLastError(past, info.name) },
    output,
  );
}

const toLastError = ({ id, outcome, note, lastError }: PastChange, name: string): LastError =>
  lastError ?? {
    code: 'REDEPLOY_FAILED',
    message: `${id} is ${outcome}: ${note}`,
    next: describeNext('REDEPLOY_FAILED', { name }),
    evidence: null,
  };

async function writeRunning(info: DeploymentInfo, output: Output): Promise<number> {
  const exampleInput = await readExampleInput(info);
  await output.result(info, () => renderRunning(info, exampleInput));
  return 0;
}

/** Writes a failure. The deployment keeps its work, so with `--json` stdout has its info. */
async function writeFailure(info: DeploymentInfo, output: Output): Promise<number> {
  const { name, state, change } = info;
  const lastError = change?.lastError ?? info.lastError;
  const failure = lastError ?? {
    code: 'NOT_RUNNING',
    message: `${name} is ${state}`,
    next: describeNext('NOT_RUNNING', { name }),
    evidence: null,
  };
  const render = output.isVerbose ? renderFailure : renderShortFailure;
  if (output.isJson) await output.line(JSON.stringify(info));
  else output.note(render(failure, output.noteColors, name));
  if (!output.isJson && info.revision !== null && state === 'running')
    output.note(
      `${info.revision} is still serving${change === null ? '' : `; give up the change: berth abandon ${name}`}`,
    );
  return getExitCode(failure.code);
}

/** Maximum characters of a line of evidence. */
const maxWidth = 200;

/** Renders a failure in short: the error, the most informative line of evidence, and the next step. */
export function renderShortFailure({ code, message, next, evidence }: Failure, colors: Colors, name: string): string {
  const [summary = ''] = message.trimEnd().split('\n');
  const lines = [...message.trimEnd().split('\n').slice(1), ...(evidence?.split('\n') ?? [])].filter(
    (line) => line.trim() !== '',
  );
  const reasonLine =
    lines.findLast((line) => !summary.includes(line.trim()) && reasonPattern.test(line)) ?? lines.at(-1);
  const rest = lines.length > 1 ? colors.dim(` (all ${lines.length} lines: berth status ${name})`) : '';
  return [
    colors.red(`${colors.bold(code)} ${summary}`),
    ...(reasonLine === undefined ? [] : [`  ${truncateToWidth(reasonLine.trim(), maxWidth)}${rest}`]),
    next,
  ].join('\n');
}

/** Matches the end of a traceback, a resolver's verdict, or a difference to an example. */
const reasonPattern =
  /^\s*([\w.]+(Error|Exception|Warning)\b|error\b|×)|\bexpected\b.*\bgot\b|\bno module named\b|\bno solution\b/i;
