import { followRedeploy as follow } from '../schedules/index.js';
import type { Dependencies } from './dependencies.js';
import { rareHeartbeat, step } from './step.js';

/** Ends with the change that it follows; fails as that fails. */
export const followRedeploy = ({ scheduled }: Dependencies) =>
  step(
    async (followed: { name: string; change: string }, { signal }) => await follow(scheduled, followed, signal),
    ({ name }) => ({ name }),
    rareHeartbeat,
  );
