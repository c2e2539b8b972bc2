import type { DeploymentInfo, DeploymentState } from '../contract/status.js';

/** States in which nothing more happens by itself. */
const settled: readonly DeploymentState[] = ['running', 'stopped', 'waiting', 'cleaned'];

/** Whether it is where it stays: no other revision is on its way, or what was waits for a person. */
export const isSettled = ({ state, change, next }: DeploymentInfo): boolean =>
  state === 'cleaned' || (settled.includes(state) && next === null && (change === null || change.state === 'waiting'));
