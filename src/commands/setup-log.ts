import type { DeploymentInfo } from '../contract/status.js';
import { berthHome, revisionDirectory } from '../home/home.js';
import { followFile } from './follow-file.js';
import { stripControls } from './strip-controls.js';

/** States in which a new revision's software starts. */
const setupStates: readonly DeploymentInfo['state'][] = ['verifying', 'starting', 'checking'];

/** Reports the output of a revision's software during its setup. Reads local files, so it needs the revision's host. */
export class SetupLog {
  private revision: string | null = null;
  private unfollow: (() => Promise<void>)[] = [];

  constructor(private readonly onLine: (line: string) => void) {}

  /** Follows the revision that the change in this info sets up. */
  update({ name, change }: Pick<DeploymentInfo, 'name' | 'change'>): void {
    const revision = change !== null && setupStates.includes(change.state) ? change.revision : null;
    if (revision === null || revision === this.revision) return;
    this.revision = revision;
    const { log, trialLog } = revisionDirectory(berthHome(), name, revision);
    for (const file of [trialLog, log]) this.unfollow.push(followFile(file, (line) => this.report(line)));
  }

  async close(): Promise<void> {
    await Promise.all(this.unfollow.map((unfollow) => unfollow()));
  }

  private report(line: string): void {
    const text = stripControls(line).trim();
    if (text !== '') this.onLine(text);
  }
}
