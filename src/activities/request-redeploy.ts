import { ScheduledRedeploy } from '../contract/schedule.js';
import { requestRedeploy as ask } from '../scheduling/index.js';
import type { Dependencies } from './dependencies.js';
import { step } from './step.js';

interface ScheduleRun {
  /** Names the request. */
  id: string;
  /** ISO 8601; when the run began. */
  since: string;
}

/** Of a run that a schedule started: asks for the redeploy, or says why there is none. */
export const requestRedeploy = ({ redeployGateway }: Dependencies) =>
  step(
    async ({ id, since, ...request }: ScheduledRedeploy & ScheduleRun) =>
      await ask(redeployGateway, { ...ScheduledRedeploy.parse(request), id, since }),
    ({ name }) => ({ name }),
  );
