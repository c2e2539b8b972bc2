import type { DeploymentInfo } from '../contract/status.js';
import type { Colors } from './colors.js';
import { followAgentLog, type LoggedEvent } from './follow-agent-log.js';
import type { Output } from './output.js';
import { SetupLog } from './setup-log.js';
import { createStepReporter } from './step-reporter.js';

/**
 * Shows the steps of a deployment, the actions of its coding agents and the output of its setup while `work` runs.
 * Passes `work` a function to report each new info of the deployment.
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
  const setupLog = new SetupLog((line) => {
    if (output.isVerbose) output.note(output.noteColors.dim(line));
    else output.progress.update(line);
  });
  const report = (info: DeploymentInfo) => {
    setupLog.update(info);
    cost = info.adaptation?.cost ?? 0;
    if (info.state !== 'adapting') latest = undefined;
    reportSteps(info);
    showAction();
  };
  try {
    return await work(report);
  } finally {
    await Promise.all([unfollow(), setupLog.close()]);
  }
}

/** Reports only the steps that the previous info does not have. */
export function filterNewSteps(
  previous: DeploymentInfo,
  report: (info: DeploymentInfo) => void,
): (info: DeploymentInfo) => void {
  const isOld = ({ step, startedAt }: DeploymentInfo['steps'][number]) =>
    previous.steps.some((one) => one.step === step && one.startedAt === startedAt);
  return (info) => report({ ...info, steps: info.steps.filter((step) => !isOld(step)) });
}

const verbs: Record<string, string> = {
  message: 'says',
  read: 'reads',
  edit: 'edits',
  run: 'runs',
  retry: 'retries:',
};

/** Describes an action next to its step: `round 2, $0.14: codex runs pytest -q`; the cost is that of earlier rounds. */
export function describeAction({ kind, text, agent, round }: LoggedEvent, cost: number): string {
  const source = [round === null ? '' : `round ${round}`, cost > 0 ? formatDollars(cost) : '']
    .filter(Boolean)
    .join(', ');
  const [first = ''] = text.trimStart().split('\n');
  return `${source === '' ? '' : `${source}: `}${[agent, verbs[kind] ?? '', first].filter(Boolean).join(' ')}`;
}

/** Formats dollars to the cent; a fraction of a cent is `<$0.01`. */
export const formatDollars = (dollars: number): string =>
  dollars > 0 && dollars < 0.01 ? '<$0.01' : `$${dollars.toFixed(2)}`;

/** Renders an event; indents the lines after the first. */
export function renderEvent({ kind, text, agent, round }: LoggedEvent, colors: Colors): string {
  const [first = '', ...more] = text.split('\n');
  const source = round === null ? agent : `${agent} round ${round}`;
  return [`${colors.dim(`${source} ${kind.padEnd(7)}`)} ${first}`, ...more.map((line) => `  ${line}`)].join('\n');
}
