import type { DeploymentInfo } from '../contract/status.js';
import type { Life } from './life.js';
import { showDetails } from './showing.js';
import { note } from './step-record.js';

// The time in which a new revision has to prove itself.

export const bakeAfter = (previous: string, revision: string, seconds: number): DeploymentInfo['bake'] =>
  seconds === 0 ? null : { revision, previous, until: new Date(Date.now() + seconds * 1000).toISOString() };

export function endBake(life: Life, words: string): void {
  const { info } = life;
  if (info.bake !== null) note(life, 'bake', `${info.bake.revision}: ${words}`);
  info.bake = null;
  showDetails(life);
}
