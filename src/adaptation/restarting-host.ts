import type { Answer } from '../contract/answer.js';
import { BerthError } from '../errors.js';
import { createErrorAnswer } from '../runners/call-deadline.js';
import type { TrialHost } from './trial-host.js';

/** Starts beyond the first: as many as documented calls can need. */
const maxRestarts = 5;
/** Milliseconds that all these starts take at most before no further one begins. */
const maxRestartTime = 10 * 60_000;

/**
 * Calls a trial's host, which a call may have ended or left stuck: then it starts again before the next call, so that one
 * call decides nothing for those after it.
 */
export class RestartingHost {
  private starts = 0;
  private spent = 0;
  /** Whether the last call may have taken the host along. */
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
        `an earlier call ended the process, and it did not start again: ${error.message}`,
      );
    }
    const answer = await this.host.call(inputs);
    this.mayHaveExited = answer.status === 'error' && answer.error.type === undefined;
    return answer;
  }

  private async restart(): Promise<void> {
    if (this.starts === maxRestarts || this.spent > maxRestartTime) return;
    this.starts += 1;
    this.onProgress('a call ended the process or holds it up: starting it again for the next one');
    const begun = performance.now();
    await this.host.start();
    this.spent += performance.now() - begun;
  }
}
