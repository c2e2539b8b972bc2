import { isCancellation, setCurrentDetails, workflowInfo } from '@temporalio/workflow';
import type { ScheduledRedeploy, ScheduledRunResult } from '../contract/schedule.js';
import { followActivities, sharedActivities } from './activity-proxies.js';
import { toApplicationFailure, toErrorRecord } from './state/to-application-failure.js';
import { toLastError } from './status/publish-status.js';
import { formatCommands, renderFailure } from './status/render-details.js';

/**
 * One run of a schedule: an ordinary redeploy, followed until its revision has proved itself. A redeploy that failed fails
 * the run; the deployment keeps what served, and the failed work for `resume`.
 */
export async function scheduledRedeploy(request: ScheduledRedeploy): Promise<ScheduledRunResult> {
  try {
    const end = await redeploy(request);
    setDetails(request, end.outcome, formatCommands(end.note));
    return end;
  } catch (error) {
    if (isCancellation(error)) throw error;
    const failure = toErrorRecord(error);
    setDetails(request, 'failed', renderFailure(toLastError(failure)));
    throw toApplicationFailure(failure);
  }
}

async function redeploy(request: ScheduledRedeploy): Promise<ScheduledRunResult> {
  const { name, schedule } = request;
  const { runId, startTime } = workflowInfo();
  setDetails(request, 'begun', '');
  const requested = await sharedActivities.askForRedeploy.executeWithOptions(
    { summary: `ask for a redeploy of ${name}, by schedule ${schedule}` },
    [{ ...request, id: runId, since: startTime.toISOString() }],
  );
  if ('outcome' in requested) return requested;
  const { change, host } = requested;
  setDetails(request, 'on its way', formatCommands(`Follow ${change}: berth status ${name} --watch`));
  const end = await followActivities(host).followRedeploy.executeWithOptions(
    { summary: `follow ${change} of ${name}` },
    [{ name, change }],
  );
  if ('failure' in end) throw toApplicationFailure(end.failure);
  return end;
}

/** For a reader of the Web UI: how the run stands, and why. */
const setDetails = ({ name, schedule }: ScheduledRedeploy, state: string, details: string): void =>
  setCurrentDetails(`### Redeploy of ${name} by its schedule ${schedule}: ${state}\n\n${details}`.trimEnd());
