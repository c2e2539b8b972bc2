import { followRedeploy as follow } from '../scheduling/index.js';
import type { Dependencies } from './dependencies.js';
import { slowHeartbeatInterval, step } from './step.js';

/** Ends with the change that it follows; fails as that fails. */
export const followRedeploy = ({ redeployGateway }: Dependencies) =>
  step(
    async (followed: { name: string; change: string }, { signal }) => await follow(redeployGateway, followed, signal),
    ({ name }) => ({ name }),
    slowHeartbeatInterval,
  );
