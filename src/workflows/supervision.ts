import { ApplicationFailure, CancellationScope, condition, isCancellation, sleep } from '@temporalio/workflow';
import type { Change } from '../activities/supervise.js';
import type { DeploymentInfo } from '../contract/status.js';
import type { ErrorRecord } from '../errors.js';
import { isHistoryLong } from './history.js';
import { enter, failureRecord, type Life, note, setLastError } from './life.js';
import { restartRevision, startRevision, stopRevision } from './revision.js';
import { supervisingOn } from './steps.js';

/** Seconds before a fallen revision is started again: doubled at each try, back to the first after a quiet time. */
const firstPause = 1;
const longestPause = 60;
const quietTime = 5 * 60_000;

/** Keeps a deployment as the user wants it, running or stopped, until its history is long enough for a new run. */
export class Supervision {
  private scope: CancellationScope | undefined;
  private pause = firstPause;
  private runningSince = Date.now();
  /** Why the last `stop` or `start` did not succeed; given to who asked. */
  private refusal: ErrorRecord | undefined;

  constructor(private readonly life: Life) {}

  async run(): Promise<void> {
    while (!isHistoryLong(this.life)) {
      this.scope = new CancellationScope();
      try {
        await this.scope.run(() => (this.life.desired === 'stopped' ? this.rest() : this.watch()));
      } catch (error) {
        // A changed wish cancels what goes on here and nothing else; a cleanup cancels the scope around it as well.
        if (!isCancellation(error) || CancellationScope.current().consideredCancelled) throw error;
      }
    }
  }

  async stop(): Promise<DeploymentInfo> {
    return await this.wish('stopped', () => this.life.info.state === 'stopped');
  }

  async start(): Promise<DeploymentInfo> {
    return await this.wish('running', () => this.life.info.state === 'running');
  }

  private async wish(desired: Life['desired'], isFulfilled: () => boolean): Promise<DeploymentInfo> {
    const { life } = this;
    this.takeRefusal();
    life.desired = desired;
    this.scope?.cancel();
    await condition(() => isFulfilled() || this.refusal !== undefined || life.info.state === 'cleaning');
    const refusal = this.takeRefusal();
    if (refusal !== undefined) throw ApplicationFailure.nonRetryable(refusal.message, refusal.code, refusal);
    return life.info;
  }

  private takeRefusal(): ErrorRecord | undefined {
    const { refusal } = this;
    this.refusal = undefined;
    return refusal;
  }

  private async rest(): Promise<void> {
    const { life } = this;
    if (life.info.state !== 'stopped') await this.attempt('running', () => stopRevision(life));
    if (life.desired === 'stopped') await condition(() => life.desired === 'running' || isHistoryLong(life));
  }

  private async watch(): Promise<void> {
    const { life } = this;
    if (life.info.state === 'stopped') return await this.wake();
    const { handle, host } = life;
    if (handle === null || host === null) throw new Error('only what was started is supervised');
    const supervise = supervisingOn(host).supervise;
    const change = await supervise.executeWithOptions({ summary: `watch ${life.info.name}` }, [{ handle }]);
    if (change.event !== 'none') await this.restart(change);
  }

  private async wake(): Promise<void> {
    await this.attempt('stopped', () => startRevision(this.life));
    if (this.life.desired === 'stopped') enter(this.life, 'stopped');
    this.runningSince = Date.now();
  }

  /** A wish that cannot be fulfilled is dropped for the earlier one, and who asked is told why. */
  private async attempt(earlier: Life['desired'], step: () => Promise<void>): Promise<void> {
    try {
      await step();
    } catch (error) {
      if (isCancellation(error)) throw error;
      this.refusal = failureRecord(error);
      setLastError(this.life, this.refusal);
      this.life.desired = earlier;
    }
  }

  private async restart({ error: fall }: Exclude<Change, { event: 'none' }>): Promise<void> {
    const { life } = this;
    if (Date.now() - this.runningSince > quietTime) this.pause = firstPause;
    setLastError(life, fall);
    note(life, 'supervise', fall.message);
    enter(life, 'unhealthy');
    await sleep(`${this.pause}s`, { summary: `before restart ${life.info.restarts + 1}` });
    this.pause = Math.min(this.pause * 2, longestPause);
    try {
      await restartRevision(life);
      this.runningSince = Date.now();
    } catch (error) {
      if (isCancellation(error)) throw error;
      setLastError(life, failureRecord(error));
    }
  }
}
