import { CancellationScope, condition, isCancellation, sleep } from '@temporalio/workflow';
import type { DeploymentInfo } from '../../contract/status.js';
import type { ErrorRecord } from '../../errors.js';
import type { Bake, HealthFailure } from '../../supervision/index.js';
import { supervisionActivities } from '../activity-proxies.js';
import { activate, findRevision, getActiveRevision } from '../revision/kept-revisions.js';
import { describeDeployment } from '../state/describe-deployment.js';
import type { WorkflowState } from '../state/state.js';
import { toApplicationFailure, toErrorRecord } from '../state/to-application-failure.js';
import { publishStatus, setDeploymentState, setLastError } from '../status/publish-status.js';
import { recordEvent } from '../status/step-record.js';
import { stopRevision } from '../steps/end-revision.js';
import { restartRevision } from '../steps/restart-revision.js';
import { startAndCheck } from '../steps/start-and-check.js';
import { endBake } from './bake.js';
import { BakeRollback } from './bake-rollback.js';

/** Seconds before a restart: doubled at each one, and reset after a stable time (in milliseconds). */
const initialBackoff = 1;
const maxBackoff = 60;
const stableTime = 5 * 60_000;

/** Keeps a deployment as the user wants it, running or stopped, until it is canceled. */
export class Supervision {
  /** True while it only watches or waits. */
  isIdle = false;
  private scope: CancellationScope | undefined;
  private isPaused = false;
  private backoff = initialBackoff;
  private runningSince = Date.now();
  private readonly rollback: BakeRollback;
  /** Failure of the newest `stop` or `start`. */
  private requestFailure: ErrorRecord | undefined;

  constructor(
    private readonly workflow: WorkflowState,
    yieldToRollback: () => void,
  ) {
    this.rollback = new BakeRollback(workflow, yieldToRollback);
  }

  async run(): Promise<void> {
    for (;;) {
      if (this.isPaused) await condition(() => !this.isPaused);
      const scope = new CancellationScope();
      this.scope = scope;
      try {
        await scope.run(() => (this.workflow.desired === 'stopped' ? this.stayStopped() : this.watch()));
      } catch (error) {
        // A pause or a new desired state cancels only this scope; a cleanup also cancels the scope around it.
        if (!isCancellation(error) || CancellationScope.current().consideredCancelled) throw error;
      } finally {
        this.scope = undefined;
      }
    }
  }

  /** Suspends supervision of the active revision while `run` replaces it. */
  async whilePaused(run: () => Promise<void>): Promise<void> {
    this.isPaused = true;
    try {
      this.scope?.cancel();
      await condition(() => this.scope === undefined);
      await run();
      this.backoff = initialBackoff;
      this.runningSince = Date.now();
    } finally {
      this.isPaused = false;
    }
  }

  async stop(): Promise<DeploymentInfo> {
    return await this.setDesiredState('stopped');
  }

  async start(): Promise<DeploymentInfo> {
    return await this.setDesiredState('running');
  }

  /** Resolves when the deployment is in the desired state, or a cleanup begins. Throws if that state is unreachable. */
  private async setDesiredState(desired: WorkflowState['desired']): Promise<DeploymentInfo> {
    const { workflow } = this;
    this.takeRequestFailure();
    workflow.desired = desired;
    this.scope?.cancel();
    await condition(
      () => workflow.state === desired || this.requestFailure !== undefined || workflow.state === 'cleaning',
    );
    const failure = this.takeRequestFailure();
    if (failure !== undefined) throw toApplicationFailure(failure);
    return describeDeployment(workflow);
  }

  private takeRequestFailure(): ErrorRecord | undefined {
    const { requestFailure } = this;
    this.requestFailure = undefined;
    return requestFailure;
  }

  private async stayStopped(): Promise<void> {
    const { workflow } = this;
    if (workflow.state !== 'stopped') await this.tryTransition('running', () => stopRevision(workflow));
    if (workflow.desired === 'stopped') await this.whileIdle(() => condition(() => workflow.desired === 'running'));
  }

  /** Waits until something happens to the running software, and reacts. */
  private async watch(): Promise<void> {
    const { workflow } = this;
    if (workflow.state === 'stopped') return await this.startStopped();
    const { active, host, config } = workflow;
    if (active === null || host === null) throw new Error('only an active revision is supervised');
    const input = {
      handle: active.handle,
      env: getActiveRevision(workflow).config.env,
      bake: this.describeBake(),
      until: workflow.pendingRollback?.dueAt ?? null,
    };
    const { supervise } = supervisionActivities(host);
    const event = await this.whileIdle(() =>
      supervise.executeWithOptions({ summary: `supervise ${config.name}` }, [input]),
    );
    if ('error' in event) await this.handleHealthFailure(event);
    else if (event.event === 'baked') endBake(workflow, 'bake passed');
    else await this.rollback.retry();
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
    const { workflow } = this;
    const { bake } = workflow;
    if (bake === null) return null;
    const previous = findRevision(workflow, bake.previous);
    if (previous !== undefined)
      return { until: bake.until, previous: { name: workflow.config.name, revision: previous.revision.id } };
    endBake(workflow, `bake ended: ${bake.previous} is gone, so there is nothing to roll back to`);
    return null;
  }

  /** Rolls back a revision that fails in its bake, and restarts one that fails later. */
  private async handleHealthFailure({ error }: HealthFailure): Promise<void> {
    const { bake } = this.workflow;
    if (bake !== null) await this.rollback.begin(bake.previous, error);
    else if (this.rollback.isDue) await this.rollback.retry();
    else await this.restart(error);
  }

  private async startStopped(): Promise<void> {
    const { workflow } = this;
    const kept = getActiveRevision(workflow);
    await this.tryTransition('stopped', async () => {
      activate(workflow, kept, await startAndCheck(workflow, kept, setDeploymentState));
      publishStatus(workflow);
    });
    if (workflow.desired === 'stopped') setDeploymentState(workflow, 'stopped');
    this.runningSince = Date.now();
  }

  /** If the transition fails, the previous state is desired again and the request fails. */
  private async tryTransition(previousState: WorkflowState['desired'], run: () => Promise<void>): Promise<void> {
    try {
      await run();
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
    await sleep(`${this.backoff}s`, { summary: `before restart ${workflow.restarts + 1}` });
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
