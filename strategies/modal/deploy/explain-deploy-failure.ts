import type { RunPlan } from '../../../src/contract/handle.js';
import { BerthError } from '../../../src/errors.js';
import { tokenRemedy } from '../cloud/account.js';
import type { ModalRun } from './run-modal.js';

const evidenceLineCount = 40;

/** Explains a failed `modal deploy` in Modal's own words. The end of its output is the evidence. */
export function explainDeployFailure({ output, exitCode }: ModalRun, { deployment, logFile }: RunPlan): BerthError {
  const lines = output
    .split('\n')
    .map(stripFrame)
    .filter((line) => line !== '');
  const errorLine = lines.findLast((line) => /^(Error: |(\w+\.)*\w*(Error|Exception)\b)/.test(line)) ?? lines.at(-1);
  const reason = errorLine?.replace(/^Error: /, '') ?? 'it errorLine nothing';
  const evidence = `${lines.slice(-evidenceLineCount).join('\n')}\n(modal deploy: ${exitCode === null ? 'was ended' : `exit code ${exitCode}`})`;
  const details = { name: deployment, log: logFile, evidence };
  if (/Token missing|Could not authenticate|UNAUTHENTICATED|Token (is )?(invalid|not valid)/i.test(output))
    return new BerthError('CLOUD_REFUSED', `Modal refuses the credentials: ${reason}; ${tokenRemedy}`, details);
  if (/Could not connect to the Modal server|Deadline exceeded|Connection lost/i.test(output))
    return new BerthError('CLOUD_UNREACHABLE', `Modal cannot be reached: ${reason}`, details);
  const unfit = /Function (?:<function )?(\w+).* has a schedule, so it needs to support being called with no/.exec(
    output,
  )?.[1];
  if (unfit !== undefined) {
    const message = `schedule: a scheduled run has no inputs, but ${unfit} needs some: give its parameters defaults`;
    return new BerthError('RESOURCE_INVALID', message, details);
  }
  if (/Image build for \S+ failed/.test(output))
    return new BerthError('BUILD_FAILED', `Modal could not build the image: ${reason}`, details);
  return new BerthError('START_FAILED', `Modal could not deploy the app: ${reason}`, details);
}

/** Removes the frames that Modal draws around tracebacks. */
const stripFrame = (line: string): string => line.replace(/^[\s│╭╰─╮╯┃]+|[\s│╭╰─╮╯┃]+$/g, '');
