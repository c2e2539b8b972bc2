import { mkdir } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer } from '../contract/answer.js';
import type { RunPlan } from '../contract/handle.js';
import type { Environment } from '../contract/revision.js';
import type { FunctionInterface } from '../contract/run-interface.js';
import { BerthError } from '../errors.js';
import { readExactJson } from '../json/read-json.js';
import { writeJson } from '../json/write-json.js';
import { killMarkedProcesses } from '../processes/marked-processes.js';
import { buildSoftwareEnvironment } from '../runners/build-software-environment.js';
import { buildBootDocument } from '../runners/host/boot-document.js';
import { findProcessesByArguments } from '../runners/host/find-processes-by-arguments.js';
import { HostClient } from '../runners/host/host-client.js';
import { createHostDirectories, getSocketPath, readHostRecord, removeHostPaths } from '../runners/host/host-files.js';
import { hostProgram, launchHost } from '../runners/host/launch-host.js';
import { stopHost } from '../runners/host/stop-host.js';

/** The part of the revision's plan that a trial needs. Its host process uses the paths of the revision's, so one undo covers both. */
export type TrialPlan = Pick<
  RunPlan,
  'deployment' | 'revision' | 'stateDirectory' | 'logFile' | 'resources' | 'timeout' | 'importTimeout' | 'setupTimeout'
>;

export interface TrialOptions {
  plan: TrialPlan;
  code: string;
  environment: Environment;
  runInterface: FunctionInterface;
  /** The software's variables, decrypted. */
  env: Record<string, string>;
  signal?: AbortSignal | undefined;
  onProgress?: ((line: string) => void) | undefined;
}

/** Seconds that the host process has to terminate. */
const gracePeriod = 3;

/** Milliseconds for a ping; for the process to recover from an ended call; between two pings. */
const [pingTimeout, recoveryTime, pollInterval] = [2_000, 2_000, 100];

/** A host process that serves the revision only for the local checks. */
export class TrialHost {
  private readonly trial: TrialOptions;
  private readonly client: HostClient;

  constructor(trial: TrialOptions) {
    this.trial = trial;
    this.client = new HostClient({ socket: getSocketPath(trial.plan), timeout: trial.plan.timeout });
  }

  /**
   * Starts the process and imports the software.
   *
   * @throws IMPORT_FAILED, START_FAILED with the user's traceback, DISK_FULL
   */
  async start(): Promise<void> {
    const { plan } = this.trial;
    await mkdir(plan.stateDirectory, { recursive: true, mode: 0o700 });
    await this.stop(); // cleans up after a killed attempt
    await createHostDirectories(plan);
    await this.launch();
  }

  /** Calls the software. Inputs and outputs keep every digit of their numbers. */
  async call(inputs: unknown): Promise<Answer> {
    const { signal } = this.trial;
    const answer = await this.client.callText(writeJson(inputs), signal && { signal });
    return readExactJson(answer) as Answer; // our host process writes only answers
  }

  /** Returns false if an earlier call has ended the process, or still blocks it after its deadline. */
  async isAcceptingCalls(): Promise<boolean> {
    for (const deadline = Date.now() + recoveryTime; ; await sleep(pollInterval)) {
      const status = await this.client.ping(pingTimeout).catch(() => undefined);
      if (status === undefined || (status.stuck ?? 0) === 0) return status !== undefined;
      if (Date.now() > deadline) return false;
    }
  }

  /** Stops every process of the trial. Idempotent, also after an interrupted attempt. */
  async stop(): Promise<void> {
    const { plan } = this.trial;
    this.client.close();
    const recorded = await readHostRecord(plan.stateDirectory);
    const started = findProcessesByArguments([hostProgram, plan.stateDirectory]);
    for (const identity of [...(recorded === undefined ? [] : [recorded]), ...started])
      await stopHost(plan, identity, gracePeriod);
    await killMarkedProcesses(plan);
    await removeHostPaths(plan);
  }

  private async launch(): Promise<void> {
    const { plan, code, environment, runInterface, env, signal, onProgress } = this.trial;
    const identity = await launchHost({
      python: environment.python,
      stateDirectory: plan.stateDirectory,
      logFile: plan.logFile,
      environment: buildSoftwareEnvironment(environment.python),
      document: buildBootDocument({ ...plan, directory: code, environment, runInterface }, { env, grace: gracePeriod }),
      onProgress,
      ...(signal === undefined ? {} : { signal }),
    });
    if (identity !== undefined) return;
    throw new BerthError(
      'START_FAILED',
      `another process already checks or serves ${plan.deployment} ${plan.revision}`,
    );
  }
}
