import { CancellationScope, condition, isCancellation, sleep } from '@temporalio/workflow';
import type { Bake, Fall } from '../activities/supervise.js';
import type { DeploymentInfo } from '../contract/status.js';
import type { ErrorRecord } from '../errors.js';
import { endBake } from './bake.js';
import { isWaiting } from './change-queue.js';
import { asFailure, failureRecord } from './failures.js';
import { endsByItself } from './history.js';
import type { Life, Retreat } from './life.js';
import { insistsOnWayBack, startsBesideWaiting } from './patches.js';
import { activate, activeRevision, findRevision, restartRevision, startRevision, stopRevision } from './revision.js';
import { enter, setLastError, showDetails } from './showing.js';
import { note } from './step-record.js';
import { supervisingOn } from './steps.js';

/** Seconds before a fallen revision is started again: doubled at each try, back to the first after a quiet time. */
const firstPause = 1;
const longestPause = 60;
const quietTime = 5 * 60_000;
/** Seconds before a rollback that failed is tried again: doubled at each try. */
const firstRetreatPause = 2;
const longestRetreatPause = 3_600;

/** What supervision asks for where a restart is no answer. */
interface WayBack {
  rollBack(revision: string, reason: string): void;
  makeRoom(): void;
}

/** Keeps a deployment as the user wants it, running or stopped, until it is cancelled. */
export class Supervision {
  /** True while nothing is done but watched, or waited for. */
  isQuiet = false;
  /** True once it has ended by itself. */
  isOver = false;
  private scope: CancellationScope | undefined;
  private isPaused = false;
  private pause = firstPause;
  private runningSince = Date.now();
  /** Why the last `stop` or `start` did not succeed; given to who asked. */
  private refusal: ErrorRecord | undefined;

  constructor(
    private readonly life: Life,
    private readonly wayBack: WayBack,
  ) {}

  async run(): Promise<void> {
    while (!endsByItself(this.life)) {
      if (this.isPaused) await condition(() => !this.isPaused);
      const scope = new CancellationScope();
      this.scope = scope;
      try {
        await scope.run(() => (this.life.desired === 'stopped' ? this.rest() : this.watch()));
      } catch (error) {
        // A changed wish cancels what goes on here and nothing else; a cleanup cancels the scope around it as well.
        if (!isCancellation(error) || CancellationScope.current().consideredCancelled) throw error;
      } finally {
        this.scope = undefined;
      }
    }
    this.isOver = true;
  }

  /** Leaves the active revision alone while `work` puts another one in its place. */
  async whilePaused(work: () => Promise<void>): Promise<void> {
    this.isPaused = true;
    try {
      this.scope?.cancel();
      await condition(() => this.scope === undefined);
      await work();
      this.pause = firstPause;
      this.runningSince = Date.now();
    } finally {
      this.isPaused = false;
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
    if (refusal !== undefined) throw asFailure(refusal);
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
    if (life.desired === 'stopped')
      await this.quietly(() => condition(() => life.desired === 'running' || endsByItself(life)));
  }

  private async watch(): Promise<void> {
    const { life } = this;
    if (life.info.state === 'stopped') return await this.wake();
    const { active, host, info } = life;
    if (active === null || host === null) throw new Error('only what was started is supervised');
    const { handle } = active;
    const { supervise } = supervisingOn(host);
    const { env } = activeRevision(life).config;
    const input = { handle, env, bake: this.describeBake(), ...(life.retreat && { until: life.retreat.at }) };
    const change = await this.quietly(() => supervise.executeWithOptions({ summary: `watch ${info.name}` }, [input]));
    if ('error' in change) await this.answer(change);
    else if (change.event === 'baked') endBake(life, 'it has proved itself');
    else if (life.retreat) await this.tryAgain(life.retreat);
  }

  private async quietly<T>(wait: () => Promise<T>): Promise<T> {
    this.isQuiet = true;
    try {
      return await wait();
    } finally {
      this.isQuiet = false;
    }
  }

  private describeBake(): Bake | null {
    const { info } = this.life;
    const previous = info.bake === null ? undefined : findRevision(this.life, info.bake.previous);
    if (info.bake !== null && previous === undefined) endBake(this.life, 'there is no revision to go back to any more');
    if (info.bake === null || previous === undefined) return null;
    return { until: info.bake.until, previous: { name: info.name, revision: previous.revision.id } };
  }

  /** What falls or does badly while it has to prove itself is rolled back; what falls later is restarted. */
  private async answer({ error: fall }: Fall): Promise<void> {
    const { life } = this;
    const { bake } = life.info;
    if (bake !== null && insistsOnWayBack()) return await this.leave(bake.previous, fall);
    if (life.retreat && !this.isBusy && Date.now() >= Date.parse(life.retreat.at))
      return await this.goBack(life.retreat);
    if (bake === null || life.current !== null || life.next !== null) return await this.restart(fall);
    setLastError(life, fall);
    endBake(life, fall.message);
    enter(life, 'unhealthy');
    this.wayBack.rollBack(bake.previous, fall.message);
    await condition(() => life.current === null && life.next === null);
  }

  /** A person who goes back at this moment is not disturbed. */
  private async leave(to: string, fall: ErrorRecord): Promise<void> {
    const { life } = this;
    setLastError(life, fall);
    enter(life, 'unhealthy');
    if (life.current?.kind === 'rollback') return await condition(() => life.current?.kind !== 'rollback');
    this.wayBack.makeRoom();
    await this.goBack({ to, fall, isAsked: true, pause: firstRetreatPause, at: new Date().toISOString() });
  }

  /** A change that is on its way is to put something better there: it is not disturbed a second time. */
  private async tryAgain(retreat: Retreat): Promise<void> {
    if (this.isBusy) putOff(retreat);
    else await this.goBack(retreat);
  }

  /** Where that fails it is tried again later, and what did badly goes on as well as it can. */
  private async goBack(retreat: Retreat): Promise<void> {
    const { life } = this;
    life.retreat = retreat;
    retreat.isAsked = true;
    await condition(() => !life.retreat?.isAsked);
    if (!life.retreat) return;
    putOff(retreat);
    const { to, fall } = retreat;
    const why = life.info.changes.findLast(({ by }) => by === 'berth')?.note;
    setLastError(life, { ...fall, message: `${fall.message}; ${to} does not take over and is tried again: ${why}` });
    showDetails(life);
  }

  private get isBusy(): boolean {
    const { current } = this.life;
    return current !== null && !isWaiting(this.life);
  }

  private async wake(): Promise<void> {
    const { life } = this;
    const kept = activeRevision(life);
    const isBeside = life.info.change !== null && startsBesideWaiting();
    const start = () => startRevision(life, kept, isBeside ? enter : undefined);
    await this.attempt('stopped', async () => activate(life, kept, await start()));
    if (life.desired === 'stopped') enter(life, 'stopped');
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

  private async restart(fall: ErrorRecord): Promise<void> {
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

function putOff(retreat: Retreat): void {
  const { pause } = retreat;
  retreat.at = new Date(Date.now() + pause * 1000).toISOString();
  retreat.pause = Math.min(pause * 2, longestRetreatPause);
}
