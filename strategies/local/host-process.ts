import { mkdir } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RunPlan } from '../../src/contract/handle.js';
import { BerthError } from '../../src/errors.js';
import { waitForTrackedExit } from '../../src/processes/process-exit.js';
import { isSameProcess, type ProcessIdentity } from '../../src/processes/process-identity.js';
import { gone, ready, unresponsive } from '../../src/runners/health.js';
import { HostClient } from '../../src/runners/host/host-client.js';
import { createHostDirectories, readHostRecord, removeHostPaths } from '../../src/runners/host/host-files.js';
import type { HostIdentity, HostStatus } from '../../src/runners/host/host-status.js';
import type { Health, StartOptions } from '../../src/runners/runner.js';

/** Identifies the process that serves, so that no other process is called or ended. */
export interface HostHandle {
  pid: number;
  /** Same as `startedAt` of `identifyProcess`. */
  processStartTime: string;
  socket: string;
  token: string;
}

/** Milliseconds that a healthy host may take to answer a ping. */
const pingTimeout = 2_000;
/** Seconds that running calls get when the software is stopped. One second later, the process is killed. */
const grace = 10;
/** Seconds that code which Python cannot interrupt may block other calls before its process is replaced. */
const maxStuckSeconds = 30;
/** Seconds that a host of an earlier start may take to finish importing. */
const startTimeout = 900;
/** Number of times that a start looks for the host of another start that was first. */
const maxAttempts = 40;

/** One Python process that serves the revision of a plan. All its files are in the plan's state directory. */
export class HostProcess {
  constructor(private readonly plan: RunPlan) {}

  /** Resolves when the host serves. Takes over the host of an earlier start. */
  async start(options: StartOptions): Promise<HostHandle> {
    await mkdir(this.plan.stateDirectory, { recursive: true, mode: 0o700 });
    const { pid, startedAt, socket, token } = await this.findOrLaunch(options);
    return { pid, processStartTime: startedAt, socket, token };
  }

  async isHealthy(handle: HostHandle, client: HostClient): Promise<Health> {
    const leader = { pid: handle.pid, startedAt: handle.processStartTime };
    if (!isSameProcess(leader))
      return gone(`process ${handle.pid} ${(await waitForTrackedExit(leader)) ?? 'has ended'}`);
    try {
      const status = await client.ping(pingTimeout);
      if (status.token !== handle.token) return gone('another process answers on its socket');
      return describeStatus(status);
    } catch {
      return unresponsive(`process ${handle.pid} lives, but did not answer within ${pingTimeout / 1000} s`);
    }
  }

  async stop(): Promise<void> {
    const record = await readHostRecord(this.plan.stateDirectory);
    if (record !== undefined) await this.stopProcess(record, grace + 1);
    await this.killStrays();
    await removeHostPaths(this.plan);
  }

  async undo(): Promise<void> {
    const [{ findProcessesByArguments }, { hostProgram }] = await Promise.all([
      import('../../src/runners/host/find-processes-by-arguments.js'),
      import('../../src/runners/host/launch-host.js'),
    ]);
    // A host gets the same time to end, whether or not its record was written.
    for (const identity of findProcessesByArguments([hostProgram, this.plan.stateDirectory]))
      await this.stopProcess(identity, grace + 1);
    await this.stop();
  }

  private async findOrLaunch(options: StartOptions): Promise<HostIdentity> {
    for (let attempt = 1; attempt <= maxAttempts; attempt += 1) {
      const identity = (await this.adopt(options)) ?? (await this.launch(options));
      if (identity !== undefined) return identity;
      await sleep(50); // another start was first: its host writes its record within moments
    }
    throw new BerthError('START_FAILED', `another process holds the lock in ${this.plan.stateDirectory}`);
  }

  /** Returns the live host of this revision. Removes an ended or unresponsive one, and the rest of its process group. */
  private async adopt({ signal, onProgress }: StartOptions): Promise<HostIdentity | undefined> {
    const record = await readHostRecord(this.plan.stateDirectory);
    if (record === undefined) return undefined;
    const { waitUntilReady } = await import('../../src/runners/readiness.js');
    if (isSameProcess(record)) onProgress?.(`process ${record.pid} of an earlier start is there`);
    let state = 'starting';
    const isReady = async () => {
      state = await probe(record);
      return state !== 'starting';
    };
    const waitOptions = { timeout: startTimeout, interval: 20, ...(signal === undefined ? {} : { signal }) };
    await waitUntilReady({ description: 'answer on its socket', isReady }, waitOptions);
    if (state === 'serving') return record;
    await this.stopProcess(record, 0);
    return undefined;
  }

  /** Returns undefined when the host of another start came first. */
  private async launch({ env, signal, onProgress }: StartOptions): Promise<HostIdentity | undefined> {
    const { plan } = this;
    const [{ buildBootDocument }, { launchHost }, { buildSoftwareEnvironment }] = await Promise.all([
      import('../../src/runners/host/boot-document.js'),
      import('../../src/runners/host/launch-host.js'),
      import('../../src/runners/build-software-environment.js'),
    ]);
    const python = plan.environment?.python ?? 'python3';
    await createHostDirectories(plan);
    return launchHost({
      python,
      stateDirectory: plan.stateDirectory,
      logFile: plan.logFile,
      environment: buildSoftwareEnvironment(python),
      document: buildBootDocument(plan, { env, grace }),
      onProgress,
      ...(signal === undefined ? {} : { signal }),
    });
  }

  /** Kills processes that the software started, whatever their session. */
  private async killStrays(): Promise<void> {
    const { killMarkedProcesses } = await import('../../src/processes/marked-processes.js');
    await killMarkedProcesses(this.plan);
  }

  private async stopProcess(identity: ProcessIdentity, timeout: number): Promise<void> {
    const { stopHost } = await import('../../src/runners/host/stop-host.js');
    await stopHost(this.plan, identity, timeout);
  }
}

/** Turns a host's report into its health. */
function describeStatus({ pid, calls, running = calls, waiting = 0, abandoned, stuck = 0 }: HostStatus): Health {
  const counts = `${running} ${running === 1 ? 'call' : 'calls'} running, ${waiting} waiting`;
  const abandonedNote =
    abandoned === 0 ? '' : `, ${abandoned} ended ${abandoned === 1 ? 'call' : 'calls'} still in the code`;
  if (stuck < maxStuckSeconds) return ready(`process ${pid} answers, ${counts}${abandonedNote}`);
  return unresponsive(
    `process ${pid} answers, but a call that ended ${Math.round(stuck)} s ago holds up the code: ${counts}`,
  );
}

/**
 * Returns `starting` for a live host that does not listen yet or is about to end, `unresponsive` for one that does not answer
 * in time or belongs to another revision.
 */
async function probe(record: HostIdentity): Promise<'serving' | 'starting' | 'unresponsive' | 'gone'> {
  if (!isSameProcess(record)) return 'gone';
  const client = new HostClient({ socket: record.socket, timeout: pingTimeout / 1000 });
  try {
    const { token, isStopping, stuck = 0 } = await client.ping(pingTimeout);
    if (token !== record.token || stuck >= maxStuckSeconds) return 'unresponsive';
    return isStopping ? 'starting' : 'serving';
  } catch (error) {
    return ['ENOENT', 'ECONNREFUSED'].includes((error as NodeJS.ErrnoException).code ?? '')
      ? 'starting'
      : 'unresponsive';
  } finally {
    client.close();
  }
}
