import { type BatchOptions, type OpenSoftware, openSoftware } from '../calls/open-software.js';
import type { DurableRunOptions } from '../client/durable-runs/index.js';
import type { Answer, AnswerPart } from '../contract/answer.js';
import type { DeploymentInfo } from '../contract/status.js';
import { type BerthHome, berthHome } from '../home/home.js';
import { answerInvalidInputs } from '../runners/answer-invalid-inputs.js';
import type { CallOptions, LogOptions } from '../runners/runner.js';
import type { RedeployOptions } from './prepare-config.js';

/**
 * What the user calls: one deployment, whatever it runs on. `run`, `stream` and `runBatch` go straight to the software; `start`,
 * `stop` and `info` go through the workflow.
 */
export class DeployedSoftware {
  private software: Promise<OpenSoftware> | undefined;
  /** The same, once it is there: a fast call is not kept waiting for a promise. */
  private opened: OpenSoftware | undefined;

  private constructor(
    readonly name: string,
    private readonly home: BerthHome,
  ) {}

  /** The deployment of that name on this machine. @throws BerthError NAME_UNKNOWN, NOT_RUNNING */
  static async open(name: string, home: BerthHome = berthHome()): Promise<DeployedSoftware> {
    const opened = new DeployedSoftware(name, home);
    await opened.getSoftware();
    return opened;
  }

  /** Errors of the call are answers, never thrown. */
  async run(inputs: unknown, options?: CallOptions): Promise<Answer> {
    const software = this.opened ?? (await this.getSoftware());
    return await software.run(inputs, options);
  }

  /**
   * The same call bit by bit: `{status: 'chunk', output}` for each piece as the software gives it, then exactly one answer,
   * the one that `run` gives. The software goes on as fast as the parts are taken; leaving the loop early cancels the call.
   */
  async *stream(inputs: unknown, options?: CallOptions): AsyncGenerator<AnswerPart> {
    const software = await this.getSoftware();
    yield* software.stream(inputs, options);
  }

  /** Answers in the order of the inputs. */
  async runBatch(inputs: readonly unknown[], options?: BatchOptions): Promise<Answer[]> {
    const software = await this.getSoftware();
    return await software.runBatch(inputs, options);
  }

  /**
   * As `run`, through the workflow engine: recorded, waiting for software that is not there, and made again when it is lost
   * half-way, so that it survives the death of any process. The signal ends the waiting, not the run: ask again by its id.
   */
  async runDurably(inputs: unknown, options: DurableRunOptions & { signal?: AbortSignal } = {}): Promise<Answer> {
    const { signal, ...rest } = options;
    return await this.withClient(async ({ runs }) => {
      const run = await runs.start(this.name, inputs, rest).catch(answerInvalidInputs);
      if ('status' in run) return run;
      return await runs.waitForAnswer(run, signal === undefined ? {} : { signal });
    });
  }

  async isHealthy(): Promise<boolean> {
    const software = await this.getSoftware();
    return (await software.isHealthy()).isHealthy;
  }

  /** What the software prints, line by line. */
  async *logs(options?: LogOptions): AsyncGenerator<string> {
    const software = await this.getSoftware();
    yield* software.logs(options);
  }

  async info(): Promise<DeploymentInfo> {
    return await this.withClient((client) => client.info(this.name));
  }

  /** Brings a stopped deployment back; resolves when it is ready. */
  async start(): Promise<DeploymentInfo> {
    const info = await this.withClient((client) => client.start(this.name));
    await this.close();
    return info;
  }

  /** Ends its processes, proven; keeps everything else. */
  async stop(): Promise<DeploymentInfo> {
    const info = await this.withClient((client) => client.stop(this.name));
    await this.close();
    return info;
  }

  /**
   * Brings up a new revision while this one serves; resolves when callers reach it, or nothing had changed.
   *
   * @throws the error that a failed redeploy waits with; callers go on reaching the revision that they reached before.
   */
  async redeploy(options: RedeployOptions = {}, { isForced = false } = {}): Promise<DeploymentInfo> {
    const { prepareRedeployment } = await import('./prepare-config.js');
    const redeployment = await prepareRedeployment(this.home, options, isForced);
    return await this.withClient(async (client) => {
      const { id } = await client.redeploy(this.name, redeployment);
      return await client.followChangeToEnd(this.name, id);
    });
  }

  /** Goes back to a kept revision, the one before when none is named; resolves when callers reach it. */
  async rollBack(revision?: string): Promise<DeploymentInfo> {
    return await this.withClient(async (client) => {
      const { id } = await client.rollBack(this.name, revision ?? null);
      return await client.followChangeToEnd(this.name, id);
    });
  }

  /** Undoes the deployment, proven. */
  async cleanup(): Promise<DeploymentInfo> {
    await this.close();
    return await this.withClient((client) => client.cleanup(this.name));
  }

  /** Lets go of connections; the software goes on. */
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
