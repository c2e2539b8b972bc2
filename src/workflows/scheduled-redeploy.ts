import { isCancellation, setCurrentDetails, workflowInfo } from '@temporalio/workflow';
import type { ScheduledRedeploy, ScheduledRunResult } from '../contract/schedule.js';
import { followActivities, sharedActivities } from './activity-proxies.js';
import { toApplicationFailure, toErrorRecord } from './state/to-application-failure.js';
import { toLastError } from './status/publish-status.js';
import { formatCommands, renderFailure } from './status/render-details.js';

/**
 * One run of a schedule: requests a redeploy and follows it until its bake is over. Fails when the redeploy fails; the
 * previous revision keeps serving, and the failed work stays available to `resume`.
 */
export async function scheduledRedeploy(request: ScheduledRedeploy): Promise<ScheduledRunResult> {
  try {
    const result = await redeploy(request);
    setDetails(request, result.outcome, formatCommands(result.note));
    return result;
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
  setDetails(request, 'starting', '');
  const requested = await sharedActivities.requestRedeploy.executeWithOptions(
    { summary: `request a redeploy of ${name} for schedule ${schedule}` },
    [{ ...request, id: runId, since: startTime.toISOString() }],
  );
  if ('outcome' in requested) return requested;
  const { change, host } = requested;
  setDetails(request, 'in progress', formatCommands(`Follow ${change}: berth status ${name} --watch`));
  const result = await followActivities(host).followRedeploy.executeWithOptions(
    { summary: `follow ${change} of ${name}` },
    [{ name, change }],
  );
  if ('failure' in result) throw toApplicationFailure(result.failure);
  return result;
}

const setDetails = ({ name, schedule }: ScheduledRedeploy, state: string, details: string): void =>
  setCurrentDetails(`### Redeploy of ${name} by schedule ${schedule}: ${state}\n\n${details}`.trimEnd());
