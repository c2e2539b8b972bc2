import type { DeploymentInfo } from '../contract/status.js';
import type { Progress } from './progress.js';

/** Turns the infos of a deployment, one after the other, into progress: each step is begun once and finished once. */
export function followSteps(progress: Progress): (info: Pick<DeploymentInfo, 'steps'>) => void {
  const finished = new Set<string>();
  return ({ steps }) => {
    for (const { step, startedAt, finishedAt, note } of steps) {
      const key = `${step} ${startedAt}`;
      if (finished.has(key)) continue;
      const since = Date.parse(startedAt);
      if (finishedAt === null) {
        progress.begin(step, since);
        progress.update(note);
        continue;
      }
      finished.add(key);
      progress.finish({
        step,
        note,
        milliseconds: Date.parse(finishedAt) - since,
        hasFailed: note.startsWith('failed: '),
      });
    }
  };
}
