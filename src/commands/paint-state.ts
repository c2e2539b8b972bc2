import type { DeploymentState } from '../contract/status.js';
import type { Colors } from './colors.js';

/** Selects the color of a state: green is healthy, red needs attention, yellow is in progress. */
export function paintState(state: DeploymentState, colors: Colors): (text: string) => string {
  if (state === 'running') return colors.green;
  if (state === 'waiting' || state === 'unhealthy') return colors.red;
  return state === 'stopped' || state === 'cleaned' ? colors.dim : colors.yellow;
}
