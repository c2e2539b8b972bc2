import type { DeploymentInfo } from '../contract/status.js';
import type { Progress } from './progress.js';

/** Matches `c1, requested by …`, which only repeats the command. */
const requestNote = /^c\d+, /;

/** Matches `c1 is failed: ENTRY_AMBIGUOUS: 2 callables …`. */
const failedChange = /^(\w+ is failed: [A-Z_]+): [\s\S]*$/;

/** Reports successive infos of a deployment as progress; begins and finishes each step once. */
export function createStepReporter(progress: Progress): (info: Pick<DeploymentInfo, 'steps'>) => void {
  const finished = new Set<string>();
  return ({ steps }) => {
    for (const { step, startedAt, finishedAt, note } of steps) {
      const key = `${step} ${startedAt}`;
      if (finished.has(key) || requestNote.test(note)) continue;
      const since = Date.parse(startedAt);
      if (finishedAt === null) {
        progress.begin(step, since);
        progress.update(note);
        continue;
      }
      finished.add(key);
      const hasFailed = note.startsWith('failed: ');
      // The command prints the complete error at its end.
      progress.finish({
        step,
        note: hasFailed ? 'failed' : note.replace(failedChange, '$1'),
        milliseconds: Date.parse(finishedAt) - since,
        hasFailed,
      });
    }
  };
}
