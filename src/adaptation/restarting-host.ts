import type { Answer } from '../contract/answer.js';
import { BerthError } from '../errors.js';
import { createErrorAnswer } from '../runners/call-deadline.js';
import type { TrialHost } from './trial-host.js';

/** Maximum restarts; documented calls cannot need more. */
const maxRestarts = 5;
/** No restart begins after all restarts together have taken this many milliseconds. */
const maxRestartTime = 10 * 60_000;

/**
 * Calls a trial's host process, and restarts it after a call that ended it or left it stuck. So a call does not affect
 * the following ones.
 */
export class RestartingHost {
  private restarts = 0;
  private restartTime = 0;
  /** True if the last call may have ended the process or left it stuck. */
  private mayHaveExited = false;

  constructor(
    private readonly host: Pick<TrialHost, 'start' | 'call' | 'isAcceptingCalls'>,
    private readonly onProgress: (line: string) => void = () => undefined,
  ) {}

  async call(inputs: unknown): Promise<Answer> {
    try {
      if (this.mayHaveExited && !(await this.host.isAcceptingCalls())) await this.restart();
    } catch (error) {
      if (!(error instanceof BerthError)) throw error;
      return createErrorAnswer(
        'NOT_RUNNING',
        `an earlier call ended the process, and restarting it failed: ${error.message}`,
      );
    }
    const answer = await this.host.call(inputs);
    this.mayHaveExited = answer.status === 'error' && answer.error.type === undefined;
    return answer;
  }

  private async restart(): Promise<void> {
    if (this.restarts === maxRestarts || this.restartTime > maxRestartTime) return;
    this.restarts += 1;
    this.onProgress('a call ended or blocked the process: restarting it for the next call');
    const start = performance.now();
    await this.host.start();
    this.restartTime += performance.now() - start;
  }
}
