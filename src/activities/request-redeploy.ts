import { ScheduledRedeploy } from '../contract/schedule.js';
import { requestRedeploy as request } from '../scheduling/index.js';
import type { Dependencies } from './support/dependencies.js';
import { step } from './support/step.js';

interface ScheduleRun {
  /** Id of the request, the same for each attempt. */
  id: string;
  /** ISO 8601; when the run began. */
  since: string;
}

/** Requests the redeploy of a scheduled run, or returns why the run is skipped. */
export const requestRedeploy = ({ redeployGateway }: Dependencies) =>
  step(
    async ({ id, since, ...input }: ScheduledRedeploy & ScheduleRun) =>
      await request(redeployGateway, { ...ScheduledRedeploy.parse(input), id, since }),
    ({ name }) => ({ name }),
  );
