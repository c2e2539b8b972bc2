import type { DeploymentInfo } from '../contract/status.js';
import { followAgent, type LoggedEvent } from './agent-log.js';
import type { Colors } from './colors.js';
import { followSteps } from './deployment-progress.js';
import type { Output } from './output.js';

/**
 * Shows a deployment while `work` goes on: its steps, and what a coding agent does in them. `work` is given the function
 * to be told each change of the deployment.
 */
export async function watchDeployment<T>(
  name: string,
  output: Output,
  work: (tell: (info: DeploymentInfo) => void) => Promise<T>,
): Promise<T> {
  const tellSteps = followSteps(output.progress);
  let latest: LoggedEvent | undefined;
  let cost = 0;
  const showAction = () => {
    if (latest !== undefined) output.progress.update(describeAction(latest, cost));
  };
  const unfollow = followAgent(name, (event) => {
    latest = event;
    if (output.isVerbose) output.note(renderEvent(event, output.noteColors));
    showAction();
  });
  const tell = (info: DeploymentInfo) => {
    cost = info.adaptation?.cost ?? 0;
    if (info.state !== 'adapting') latest = undefined;
    tellSteps(info);
    showAction();
  };
  try {
    return await work(tell);
  } finally {
    await unfollow();
  }
}

/** Tells what was not over before; what was is not told again. */
export function newSteps(before: DeploymentInfo, tell: (info: DeploymentInfo) => void): (info: DeploymentInfo) => void {
  const isOld = ({ step, startedAt }: DeploymentInfo['steps'][number]) =>
    before.steps.some((one) => one.step === step && one.startedAt === startedAt);
  return (info) => tell({ ...info, steps: info.steps.filter((step) => !isOld(step)) });
}

const verbs: Record<string, string> = {
  message: 'says',
  read: 'reads',
  edit: 'edits',
  run: 'runs',
  retry: 'tries again:',
};

/** `round 2, $0.14: codex runs pytest -q`, beside the step and its time; the cost is that of the rounds before. */
export function describeAction({ kind, text, agent, round }: LoggedEvent, cost: number): string {
  const place = [round === null ? '' : `round ${round}`, cost > 0 ? formatDollars(cost) : '']
    .filter(Boolean)
    .join(', ');
  const [first = ''] = text.trimStart().split('\n');
  return `${place === '' ? '' : `${place}: `}${[agent, verbs[kind] ?? '', first].filter(Boolean).join(' ')}`;
}

/** Dollars to the cent; what is less than one is not said to be nothing. */
export const formatDollars = (dollars: number): string =>
  dollars > 0 && dollars < 0.01 ? '<$0.01' : `$${dollars.toFixed(2)}`;

/** The whole event; lines after the first are indented below it. */
export function renderEvent({ kind, text, agent, round }: LoggedEvent, colors: Colors): string {
  const [first = '', ...more] = text.split('\n');
  const place = round === null ? agent : `${agent} round ${round}`;
  return [`${colors.dim(`${place} ${kind.padEnd(7)}`)} ${first}`, ...more.map((line) => `  ${line}`)].join('\n');
}
