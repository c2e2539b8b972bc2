import { followRedeploy as follow } from '../scheduling/index.js';
import type { Dependencies } from './support/dependencies.js';
import { slowHeartbeatInterval, step } from './support/step.js';

/** Follows a scheduled redeploy until its change is finished and its bake is over. */
export const followRedeploy = ({ redeployGateway }: Dependencies) =>
  step(
    async (request: { name: string; change: string }, { signal }) => await follow(redeployGateway, request, signal),
    ({ name }) => ({ name }),
    slowHeartbeatInterval,
  );
