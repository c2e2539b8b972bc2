import { isCancellation, setCurrentDetails, workflowInfo } from '@temporalio/workflow';
import type { RunEnd, ScheduledRedeploy } from '../contract/schedule.js';
import { theFailure, withCommands } from './details.js';
import { asFailure, failureRecord } from './failures.js';
import { asLastError } from './showing.js';
import { anywhere, followingOn } from './steps.js';

/**
 * One run of a schedule: an ordinary redeploy, followed until its revision has proved itself. A redeploy that failed fails
 * the run; the deployment keeps what served, and the failed work for `resume`.
 */
export async function scheduledRedeploy(request: ScheduledRedeploy): Promise<RunEnd> {
  try {
    const end = await redeploy(request);
    show(request, end.outcome, withCommands(end.note));
    return end;
  } catch (error) {
    if (isCancellation(error)) throw error;
    const failure = failureRecord(error);
    show(request, 'failed', theFailure(asLastError(failure)));
    throw asFailure(failure);
  }
}

async function redeploy(request: ScheduledRedeploy): Promise<RunEnd> {
  const { name, schedule } = request;
  const { runId, startTime } = workflowInfo();
  show(request, 'begun', '');
  const asked = await anywhere.askForRedeploy.executeWithOptions(
    { summary: `ask for a redeploy of ${name}, by schedule ${schedule}` },
    [{ ...request, id: runId, since: startTime.toISOString() }],
  );
  if ('outcome' in asked) return asked;
  const { change, host } = asked;
  show(request, 'on its way', withCommands(`Follow ${change}: berth status ${name} --watch`));
  const end = await followingOn(host).followRedeploy.executeWithOptions({ summary: `follow ${change} of ${name}` }, [
    { name, change },
  ]);
  if ('failure' in end) throw asFailure(end.failure);
  return end;
}

/** For a reader of the Web UI: how the run stands, and why. */
const show = ({ name, schedule }: ScheduledRedeploy, standing: string, why: string): void =>
  setCurrentDetails(`### Redeploy of ${name} by its schedule ${schedule}: ${standing}\n\n${why}`.trimEnd());
