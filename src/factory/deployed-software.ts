import { type BatchOptions, type OpenSoftware, openSoftware } from '../calls/open-software.js';
import type { DurableRunOptions } from '../client/durable-runs/index.js';
import type { Answer, AnswerPart } from '../contract/answer.js';
import type { DeploymentInfo } from '../contract/status.js';
import { type BerthHome, berthHome } from '../home/home.js';
import { answerInvalidInputs } from '../runners/answer-invalid-inputs.js';
import type { CallOptions, LogOptions } from '../runners/runner.js';
import type { RedeployOptions } from './prepare-config.js';

/**
 * One deployment, independent of its strategy. `run`, `stream` and `runBatch` call the software directly; `start`, `stop`
 * and `info` use the workflow.
 */
export class DeployedSoftware {
  private software: Promise<OpenSoftware> | undefined;
  /** The resolved `software`, so that fast calls do not wait for a promise. */
  private opened: OpenSoftware | undefined;

  private constructor(
    readonly name: string,
    private readonly home: BerthHome,
  ) {}

  /**
   * Opens a deployment on this machine.
   *
   * @throws NAME_UNKNOWN when there is no such deployment, NOT_RUNNING when it does not run.
   */
  static async open(name: string, home: BerthHome = berthHome()): Promise<DeployedSoftware> {
    const deployed = new DeployedSoftware(name, home);
    await deployed.getSoftware();
    return deployed;
  }

  /** Calls the software once. Returns errors of the call as answers and never throws them. */
  async run(inputs: unknown, options?: CallOptions): Promise<Answer> {
    const software = this.opened ?? (await this.getSoftware());
    return await software.run(inputs, options);
  }

  /**
   * Streams a call: `{status: 'chunk', output}` for each chunk, then exactly one answer, the same as that of `run`. Applies
   * backpressure to the software; leaving the loop early cancels the call.
   */
  async *stream(inputs: unknown, options?: CallOptions): AsyncGenerator<AnswerPart> {
    const software = await this.getSoftware();
    yield* software.stream(inputs, options);
  }

  /** Calls the software once per input. Returns the answers in the order of the inputs. */
  async runBatch(inputs: readonly unknown[], options?: BatchOptions): Promise<Answer[]> {
    const software = await this.getSoftware();
    return await software.runBatch(inputs, options);
  }

  /**
   * Calls the software through a workflow that waits for stopped software and retries an interrupted call, so that the
   * call survives the death of any process. The signal ends only the wait; the same ID returns the answer later.
   */
  async runDurably(inputs: unknown, options: DurableRunOptions & { signal?: AbortSignal } = {}): Promise<Answer> {
    const { signal, ...rest } = options;
    return await this.withClient(async ({ runs }) => {
      const run = await runs.start(this.name, inputs, rest).catch(answerInvalidInputs);
      if ('status' in run) return run;
      return await runs.waitForAnswer(run, signal === undefined ? {} : { signal });
    });
  }

  /** Checks the health of the software now. */
  async isHealthy(): Promise<boolean> {
    const software = await this.getSoftware();
    return (await software.isHealthy()).isHealthy;
  }

  /** Reads the output of the software line by line. */
  async *logs(options?: LogOptions): AsyncGenerator<string> {
    const software = await this.getSoftware();
    yield* software.logs(options);
  }

  /** Queries the state of the deployment. */
  async info(): Promise<DeploymentInfo> {
    return await this.withClient((client) => client.info(this.name));
  }

  /** Starts a stopped deployment; resolves when it is ready. */
  async start(): Promise<DeploymentInfo> {
    const info = await this.withClient((client) => client.start(this.name));
    await this.close();
    return info;
  }

  /** Stops the software and verifies that its processes are gone; keeps everything else. */
  async stop(): Promise<DeploymentInfo> {
    const info = await this.withClient((client) => client.stop(this.name));
    await this.close();
    return info;
  }

  /**
   * Deploys a new revision while the active one serves; resolves when the new one is active, or nothing has changed.
   *
   * @throws the error that a failed redeploy waits with; the active revision keeps serving.
   */
  async redeploy(options: RedeployOptions = {}, { isForced = false } = {}): Promise<DeploymentInfo> {
    const { prepareRedeployment } = await import('./prepare-config.js');
    const redeployment = await prepareRedeployment(this.home, options, isForced);
    return await this.withClient(async (client) => {
      const { id } = await client.redeploy(this.name, redeployment);
      return await client.followChangeToEnd(this.name, id);
    });
  }

  /** Rolls back to a kept revision, by default the previous one; resolves when it is active. */
  async rollBack(revision?: string): Promise<DeploymentInfo> {
    return await this.withClient(async (client) => {
      const { id } = await client.rollBack(this.name, revision ?? null);
      return await client.followChangeToEnd(this.name, id);
    });
  }

  /** Removes the deployment and verifies that all its resources are gone. */
  async cleanup(): Promise<DeploymentInfo> {
    await this.close();
    return await this.withClient((client) => client.cleanup(this.name));
  }

  /** Closes connections; the software keeps running. */
  async close(): Promise<void> {
    const software = await this.software?.catch(() => undefined);
    this.software = undefined;
    this.opened = undefined;
    await software?.close();
  }

  private async getSoftware(): Promise<OpenSoftware> {
    this.software ??= openSoftware(this.name, this.home);
    try {
      this.opened = await this.software;
      return this.opened;
    } catch (error) {
      this.software = undefined;
      throw error;
    }
  }

  private async withClient<T>(
    operation: (client: import('../client/deployment-client.js').DeploymentClient) => Promise<T>,
  ): Promise<T> {
    const { DeploymentClient } = await import('../client/deployment-client.js');
    const client = await DeploymentClient.connect();
    try {
      return await operation(client);
    } finally {
      await client.close();
    }
  }
}
