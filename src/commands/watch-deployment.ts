import type { DeploymentInfo } from '../contract/status.js';
import type { Colors } from './colors.js';
import { followAgentLog, type LoggedEvent } from './follow-agent-log.js';
import type { Output } from './output.js';
import { createStepReporter } from './step-reporter.js';

/**
 * Shows a deployment while `work` goes on: its steps, and what a coding agent does in them. `work` is given the function
 * to be told each change of the deployment.
 */
export async function watchDeployment<T>(
  name: string,
  output: Output,
  work: (report: (info: DeploymentInfo) => void) => Promise<T>,
): Promise<T> {
  const reportSteps = createStepReporter(output.progress);
  let latest: LoggedEvent | undefined;
  let cost = 0;
  const showAction = () => {
    if (latest !== undefined) output.progress.update(describeAction(latest, cost));
  };
  const unfollow = followAgentLog(name, (event) => {
    latest = event;
    if (output.isVerbose) output.note(renderEvent(event, output.noteColors));
    showAction();
  });
  const report = (info: DeploymentInfo) => {
    cost = info.adaptation?.cost ?? 0;
    if (info.state !== 'adapting') latest = undefined;
    reportSteps(info);
    showAction();
  };
  try {
    return await work(report);
  } finally {
    await unfollow();
  }
}

/** Tells what was not over before; what was is not told again. */
export function filterNewSteps(
  before: DeploymentInfo,
  report: (info: DeploymentInfo) => void,
): (info: DeploymentInfo) => void {
  const isOld = ({ step, startedAt }: DeploymentInfo['steps'][number]) =>
    before.steps.some((one) => one.step === step && one.startedAt === startedAt);
  return (info) => report({ ...info, steps: info.steps.filter((step) => !isOld(step)) });
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
  const source = [round === null ? '' : `round ${round}`, cost > 0 ? formatDollars(cost) : '']
    .filter(Boolean)
    .join(', ');
  const [first = ''] = text.trimStart().split('\n');
  return `${source === '' ? '' : `${source}: `}${[agent, verbs[kind] ?? '', first].filter(Boolean).join(' ')}`;
}

/** Dollars to the cent; what is less than one is not said to be nothing. */
export const formatDollars = (dollars: number): string =>
  dollars > 0 && dollars < 0.01 ? '<$0.01' : `$${dollars.toFixed(2)}`;

/** The whole event; lines after the first are indented below it. */
export function renderEvent({ kind, text, agent, round }: LoggedEvent, colors: Colors): string {
  const [first = '', ...more] = text.split('\n');
  const source = round === null ? agent : `${agent} round ${round}`;
  return [`${colors.dim(`${source} ${kind.padEnd(7)}`)} ${first}`, ...more.map((line) => `  ${line}`)].join('\n');
}
