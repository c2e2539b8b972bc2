import type { DeploymentState } from '../contract/status.js';
import type { Colors } from './colors.js';

/** Green is well, red wants someone, yellow is on its way. */
export function paintState(state: DeploymentState, colors: Colors): (text: string) => string {
  if (state === 'running') return colors.green;
  if (state === 'waiting' || state === 'unhealthy') return colors.red;
  return state === 'stopped' || state === 'cleaned' ? colors.dim : colors.yellow;
}
