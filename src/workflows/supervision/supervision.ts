import { CancellationScope, condition, isCancellation, sleep } from '@temporalio/workflow';
import type { Bake, HealthFailure } from '../../activities/supervise.js';
import type { DeploymentInfo } from '../../contract/status.js';
import type { ErrorRecord } from '../../errors.js';
import { supervisionActivities } from '../activity-proxies.js';
import { isChangeWaiting } from '../changes/change-queue.js';
import { insistsOnWayBack, startsBesideWaiting } from '../patches.js';
import {
  activate,
  findRevision,
  getActiveRevision,
  restartRevision,
  startRevision,
  stopRevision,
} from '../revision/revision.js';
import { endsIndependently } from '../state/history-limit.js';
import type { PendingRollback, WorkflowState } from '../state/state.js';
import { toApplicationFailure, toErrorRecord } from '../state/to-application-failure.js';
import { publishDetails, setDeploymentState, setLastError } from '../status/publish-status.js';
import { recordEvent } from '../status/step-record.js';
import { endBake } from './bake.js';

/** Seconds before a fallen revision is started again: doubled at each try, back to the first after a quiet time. */
const initialBackoff = 1;
const maxBackoff = 60;
const stableTime = 5 * 60_000;
/** Seconds before a rollback that failed is tried again: doubled at each try. */
const initialRollbackBackoff = 2;
const maxRollbackBackoff = 3_600;

/** What supervision asks for where a restart is no answer. */
interface RollbackRequests {
  rollBack(revision: string, reason: string): void;
  yieldToRollback(): void;
}

/** Keeps a deployment as the user wants it, running or stopped, until it is cancelled. */
export class Supervision {
  /** True while nothing is done but watched, or waited for. */
  isIdle = false;
  /** True once it has ended by itself. */
  hasEnded = false;
  private scope: CancellationScope | undefined;
  private isPaused = false;
  private backoff = initialBackoff;
  private runningSince = Date.now();
  /** Why the last `stop` or `start` did not succeed; given to who asked. */
  private requestFailure: ErrorRecord | undefined;

  constructor(
    private readonly workflow: WorkflowState,
    private readonly rollbackRequests: RollbackRequests,
  ) {}

  async run(): Promise<void> {
    while (!endsIndependently(this.workflow)) {
      if (this.isPaused) await condition(() => !this.isPaused);
      const scope = new CancellationScope();
      this.scope = scope;
      try {
        await scope.run(() => (this.workflow.desired === 'stopped' ? this.stayStopped() : this.watch()));
      } catch (error) {
        // A changed wish cancels what goes on here and nothing else; a cleanup cancels the scope around it as well.
        if (!isCancellation(error) || CancellationScope.current().consideredCancelled) throw error;
      } finally {
        this.scope = undefined;
      }
    }
    this.hasEnded = true;
  }

  /** Leaves the active revision alone while `work` puts another one in its place. */
  async whilePaused(work: () => Promise<void>): Promise<void> {
    this.isPaused = true;
    try {
      this.scope?.cancel();
      await condition(() => this.scope === undefined);
      await work();
      this.backoff = initialBackoff;
      this.runningSince = Date.now();
    } finally {
      this.isPaused = false;
    }
  }

  async stop(): Promise<DeploymentInfo> {
    return await this.setDesiredState('stopped', () => this.workflow.info.state === 'stopped');
  }

  async start(): Promise<DeploymentInfo> {
    return await this.setDesiredState('running', () => this.workflow.info.state === 'running');
  }

  private async setDesiredState(
    desired: WorkflowState['desired'],
    isFulfilled: () => boolean,
  ): Promise<DeploymentInfo> {
    const { workflow } = this;
    this.takeRequestFailure();
    workflow.desired = desired;
    this.scope?.cancel();
    await condition(() => isFulfilled() || this.requestFailure !== undefined || workflow.info.state === 'cleaning');
    const refusal = this.takeRequestFailure();
    if (refusal !== undefined) throw toApplicationFailure(refusal);
    return workflow.info;
  }

  private takeRequestFailure(): ErrorRecord | undefined {
    const { requestFailure } = this;
    this.requestFailure = undefined;
    return requestFailure;
  }

  private async stayStopped(): Promise<void> {
    const { workflow } = this;
    if (workflow.info.state !== 'stopped') await this.tryTransition('running', () => stopRevision(workflow));
    if (workflow.desired === 'stopped')
      await this.whileIdle(() => condition(() => workflow.desired === 'running' || endsIndependently(workflow)));
  }

  private async watch(): Promise<void> {
    const { workflow } = this;
    if (workflow.info.state === 'stopped') return await this.startStopped();
    const { active, host, info } = workflow;
    if (active === null || host === null) throw new Error('only what was started is supervised');
    const { handle } = active;
    const { supervise } = supervisionActivities(host);
    const { env } = getActiveRevision(workflow).config;
    const input = {
      handle,
      env,
      bake: this.describeBake(),
      ...(workflow.pendingRollback && { until: workflow.pendingRollback.dueAt }),
    };
    const change = await this.whileIdle(() => supervise.executeWithOptions({ summary: `watch ${info.name}` }, [input]));
    if ('error' in change) await this.handleHealthFailure(change);
    else if (change.event === 'baked') endBake(workflow, 'it has proved itself');
    else if (workflow.pendingRollback) await this.retryRollback(workflow.pendingRollback);
  }

  private async whileIdle<T>(wait: () => Promise<T>): Promise<T> {
    this.isIdle = true;
    try {
      return await wait();
    } finally {
      this.isIdle = false;
    }
  }

  private describeBake(): Bake | null {
    const { info } = this.workflow;
    const previous = info.bake === null ? undefined : findRevision(this.workflow, info.bake.previous);
    if (info.bake !== null && previous === undefined)
      endBake(this.workflow, 'there is no revision to go back to any more');
    if (info.bake === null || previous === undefined) return null;
    return { until: info.bake.until, previous: { name: info.name, revision: previous.revision.id } };
  }

  /** What falls or does badly while it has to prove itself is rolled back; what falls later is restarted. */
  private async handleHealthFailure({ error: failure }: HealthFailure): Promise<void> {
    const { workflow } = this;
    const { bake } = workflow.info;
    if (bake !== null && insistsOnWayBack()) return await this.rollBackBake(bake.previous, failure);
    if (workflow.pendingRollback && !this.isBusy && Date.now() >= Date.parse(workflow.pendingRollback.dueAt))
      return await this.performRollback(workflow.pendingRollback);
    if (bake === null || workflow.current !== null || workflow.next !== null) return await this.restart(failure);
    setLastError(workflow, failure);
    endBake(workflow, failure.message);
    setDeploymentState(workflow, 'unhealthy');
    this.rollbackRequests.rollBack(bake.previous, failure.message);
    await condition(() => workflow.current === null && workflow.next === null);
  }

  /** A person who goes back at this moment is not disturbed. */
  private async rollBackBake(to: string, failure: ErrorRecord): Promise<void> {
    const { workflow } = this;
    setLastError(workflow, failure);
    setDeploymentState(workflow, 'unhealthy');
    if (workflow.current?.kind === 'rollback') return await condition(() => workflow.current?.kind !== 'rollback');
    this.rollbackRequests.yieldToRollback();
    await this.performRollback({
      to,
      failure,
      isRequested: true,
      backoff: initialRollbackBackoff,
      dueAt: new Date().toISOString(),
    });
  }

  /** A change that is on its way is to put something better there: it is not disturbed a second time. */
  private async retryRollback(rollback: PendingRollback): Promise<void> {
    if (this.isBusy) postponeRollback(rollback);
    else await this.performRollback(rollback);
  }

  /** Where that fails it is tried again later, and what did badly goes on as well as it can. */
  private async performRollback(rollback: PendingRollback): Promise<void> {
    const { workflow } = this;
    workflow.pendingRollback = rollback;
    rollback.isRequested = true;
    await condition(() => !workflow.pendingRollback?.isRequested);
    if (!workflow.pendingRollback) return;
    postponeRollback(rollback);
    const { to, failure } = rollback;
    const why = workflow.info.changes.findLast(({ by }) => by === 'berth')?.note;
    setLastError(workflow, {
      ...failure,
      message: `${failure.message}; ${to} does not take over and is tried again: ${why}`,
    });
    publishDetails(workflow);
  }

  private get isBusy(): boolean {
    const { current } = this.workflow;
    return current !== null && !isChangeWaiting(this.workflow);
  }

  private async startStopped(): Promise<void> {
    const { workflow } = this;
    const kept = getActiveRevision(workflow);
    const isBesideChange = workflow.info.change !== null && startsBesideWaiting();
    const start = () => startRevision(workflow, kept, isBesideChange ? setDeploymentState : undefined);
    await this.tryTransition('stopped', async () => activate(workflow, kept, await start()));
    if (workflow.desired === 'stopped') setDeploymentState(workflow, 'stopped');
    this.runningSince = Date.now();
  }

  /** A wish that cannot be fulfilled is dropped for the earlier one, and who asked is told why. */
  private async tryTransition(previousState: WorkflowState['desired'], step: () => Promise<void>): Promise<void> {
    try {
      await step();
    } catch (error) {
      if (isCancellation(error)) throw error;
      this.requestFailure = toErrorRecord(error);
      setLastError(this.workflow, this.requestFailure);
      this.workflow.desired = previousState;
    }
  }

  private async restart(failure: ErrorRecord): Promise<void> {
    const { workflow } = this;
    if (Date.now() - this.runningSince > stableTime) this.backoff = initialBackoff;
    setLastError(workflow, failure);
    recordEvent(workflow, 'supervise', failure.message);
    setDeploymentState(workflow, 'unhealthy');
    await sleep(`${this.backoff}s`, { summary: `before restart ${workflow.info.restarts + 1}` });
    this.backoff = Math.min(this.backoff * 2, maxBackoff);
    try {
      await restartRevision(workflow);
      this.runningSince = Date.now();
    } catch (error) {
      if (isCancellation(error)) throw error;
      setLastError(workflow, toErrorRecord(error));
    }
  }
}

function postponeRollback(rollback: PendingRollback): void {
  const { backoff } = rollback;
  rollback.dueAt = new Date(Date.now() + backoff * 1000).toISOString();
  rollback.backoff = Math.min(backoff * 2, maxRollbackBackoff);
}
