import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Client,
  ScheduleAlreadyRunning,
  type ScheduleDescription,
  ScheduleNotFoundError,
  ScheduleOverlapPolicy,
} from '@temporalio/client';
import type { ScheduledRun, ScheduleInfo } from '../../contract/schedule.js';
import type { DeploymentInfo } from '../../contract/status.js';
import { BerthError } from '../../errors.js';
import { buildScheduleId, defaultSchedule, parseScheduleId } from '../../scheduling/schedule-id.js';
import { buildScheduleOptions, type ScheduleRequest } from './build-schedule-options.js';
import { describeSchedule, toStartedRun } from './describe-schedule.js';
import { listScheduleIds } from './list-schedule-ids.js';
import { readRun, type StartedRun } from './read-run.js';
import { RedeployGateway } from './redeploy-gateway.js';
import { removeSchedule } from './remove-schedules.js';
import type { RequestServer } from './request-server.js';

interface ServerContext {
  requestServer: RequestServer;
  /** Requester, for the record. */
  by: string;
  /** Builds the URL of a page of the Web UI; null if it is unknown. */
  webUrl: (page: string) => string | null;
}

export interface FollowOptions {
  signal?: AbortSignal;
  /** Awaited at every poll. */
  onPoll?: () => Promise<void>;
}

/** The redeploy schedules on a server: Temporal Schedules, so the Web UI can show and operate them too. */
export class RedeploySchedules {
  private readonly requestServer: RequestServer;
  private readonly by: string;
  private readonly webUrl: ServerContext['webUrl'];
  private readonly gateway: RedeployGateway;

  constructor({ requestServer, by, webUrl }: ServerContext) {
    this.requestServer = requestServer;
    this.by = by;
    this.webUrl = webUrl;
    this.gateway = new RedeployGateway(requestServer);
  }

  /**
   * Creates a schedule; removes it again if its deployment is undone meanwhile.
   *
   * @throws NAME_UNKNOWN, STATE_CONFLICT, SCHEDULE_TAKEN, SCHEDULE_INVALID when it cannot be created.
   */
  async create(request: ScheduleRequest): Promise<ScheduleInfo> {
    const { name, schedule = defaultSchedule } = request;
    const info = await this.requireDeployment(name);
    if (info.host === null)
      throw new BerthError('STATE_CONFLICT', `cannot schedule redeploys of ${name}: it is ${info.state}`, { name });
    await this.createOnce(buildScheduleOptions({ ...request, schedule, by: this.by }));
    const created = await this.read(name, buildScheduleId(name, schedule));
    const problem = await this.findProblem(created);
    if (problem === null) return created;
    await this.gateway.removeSchedule(name, schedule);
    throw problem;
  }

  private async findProblem({ name, when, nextRuns }: ScheduleInfo): Promise<BerthError | null> {
    if (nextRuns.length === 0) return new BerthError('SCHEDULE_INVALID', `${when} never occurs`);
    if ((await this.gateway.findInfo(name)) !== null) return null;
    return new BerthError('NAME_UNKNOWN', `${name} was just cleaned up`, { name });
  }

  /** Lists all schedules, or those of a deployment, each with its newest run. */
  async list(name?: string): Promise<ScheduleInfo[]> {
    const ids = await this.requestServer(name ?? 'list', (client) => listScheduleIds(client, name));
    const found = await Promise.all(
      ids.map((id) => this.read(parseScheduleId(id)?.name ?? '', id, 1).catch(ignoreDeleted)),
    );
    return found.filter((info) => info !== undefined);
  }

  async show(name: string, schedule?: string): Promise<ScheduleInfo> {
    return await this.read(name, await this.resolveId(name, schedule), maxShownRuns);
  }

  async pause(name: string, schedule?: string): Promise<ScheduleInfo> {
    return await this.change(name, schedule, (handle) => handle.pause(`paused by ${this.by}`));
  }

  async resume(name: string, schedule?: string): Promise<ScheduleInfo> {
    return await this.change(name, schedule, (handle) => handle.unpause(`resumed by ${this.by}`));
  }

  /**
   * Starts a run now, even if the schedule is paused.
   *
   * @throws STATE_CONFLICT when another run is running.
   */
  async trigger(name: string, schedule?: string): Promise<ScheduledRun> {
    await this.requireDeployment(name);
    const id = await this.resolveId(name, schedule);
    const previous = await this.describe(name, id);
    await this.requestServer(name, (client) => client.schedule.getHandle(id).trigger(ScheduleOverlapPolicy.SKIP));
    for (const deadline = Date.now() + triggerTimeout; Date.now() < deadline; await sleep(50)) {
      const { info } = await this.describe(name, id);
      const run = findNewestRun(info);
      if (run !== undefined && run.runId !== findNewestRun(previous.info)?.runId) return await this.readRun(name, run);
      if (info.numActionsSkippedOverlap > previous.info.numActionsSkippedOverlap)
        throw new BerthError('STATE_CONFLICT', `a run of ${name}’s schedule is still running: ${run?.workflowId}`, {
          name,
        });
    }
    throw new BerthError('SERVER_UNREACHABLE', `the Temporal server did not start a run of ${id}`, { name });
  }

  /** Follows a run to its end. */
  async follow(name: string, run: ScheduledRun, { signal, onPoll }: FollowOptions = {}): Promise<ScheduledRun> {
    for (let pause = 50; ; pause = Math.min(pause * 1.2, 500)) {
      const now = await this.readRun(name, run);
      await onPoll?.();
      if (now.outcome !== 'running') return now;
      await sleep(pause, undefined, signal && { signal });
    }
  }

  /** Deletes a schedule and verifies that it is gone. A running redeploy continues. */
  async remove(name: string, schedule?: string): Promise<ScheduleInfo> {
    const id = await this.resolveId(name, schedule);
    const info = await this.read(name, id, 1);
    await this.requestServer(name, (client) => removeSchedule(client, name, id));
    return info;
  }

  /** Creates a schedule; accepts one that an earlier attempt of the same request created. */
  private async createOnce(options: ReturnType<typeof buildScheduleOptions>): Promise<void> {
    const { deployment: name, schedule, request } = options.memo;
    await this.requestServer(name, async (client) => {
      try {
        await client.schedule.create(options);
      } catch (error) {
        if (error instanceof TypeError) throw new BerthError('SCHEDULE_INVALID', error.message, {}, { cause: error });
        if (!(error instanceof ScheduleAlreadyRunning)) throw error;
        const found = await client.schedule.getHandle(options.scheduleId).describe();
        if (found.memo?.request !== request) throw createTakenError(name, schedule, found);
      }
    });
  }

  private async requireDeployment(name: string): Promise<DeploymentInfo> {
    const info = await this.gateway.findInfo(name);
    if (info === null) throw new BerthError('NAME_UNKNOWN', `there is no deployment called ${name}`, { name });
    return info;
  }

  private async change(
    name: string,
    schedule: string | undefined,
    change: (handle: ReturnType<Client['schedule']['getHandle']>) => Promise<void>,
  ): Promise<ScheduleInfo> {
    const id = await this.resolveId(name, schedule);
    await this.requestServer(name, (client) => change(client.schedule.getHandle(id)));
    return await this.read(name, id, 1);
  }

  /** Resolves the ID of a schedule; without one, of the deployment's only schedule. */
  private async resolveId(name: string, schedule: string | undefined): Promise<string> {
    if (schedule !== undefined) return buildScheduleId(name, schedule);
    const ids = await this.requestServer(name, (client) => listScheduleIds(client, name));
    const [id, ...others] = ids;
    if (others.length === 0) return id ?? buildScheduleId(name, defaultSchedule);
    const names = ids.map((one) => parseScheduleId(one)?.schedule);
    throw new BerthError('USAGE', `${name} has ${ids.length} schedules; select one with --id ${names.join(' or ')}`);
  }

  private async read(name: string, id: string, runs = 0): Promise<ScheduleInfo> {
    const description = await this.describe(name, id);
    const newest = runs === 0 ? [] : description.info.recentActions.slice(-runs).map(toStartedRun);
    return {
      name,
      id: parseScheduleId(id)?.schedule ?? id,
      ...describeSchedule(description),
      runs: await Promise.all(newest.map((run) => this.readRun(name, run))),
      webUrl: this.webUrl(`schedules/${encodeURIComponent(id)}`),
    };
  }

  private async describe(name: string, id: string): Promise<ScheduleDescription> {
    return await this.requestServer(name, async ({ schedule }) => {
      try {
        return await schedule.getHandle(id).describe();
      } catch (error) {
        if (!(error instanceof ScheduleNotFoundError)) throw error;
        const wanted = parseScheduleId(id)?.schedule ?? id;
        const which = wanted === defaultSchedule ? `${name} has no schedule` : `${name} has no schedule ${wanted}`;
        throw new BerthError('SCHEDULE_UNKNOWN', which, { name }, { cause: error });
      }
    });
  }

  private async readRun(name: string, run: StartedRun): Promise<ScheduledRun> {
    const read = await this.requestServer(name, (client) => readRun(client, run));
    const page = `workflows/${encodeURIComponent(run.workflowId)}/${run.runId}`;
    return { ...read, webUrl: this.webUrl(page) };
  }
}

/** Maximum number of runs to show; the server keeps no more. */
const maxShownRuns = 10;
/** Timeout in milliseconds for the server to start a run. */
const triggerTimeout = 20_000;

const findNewestRun = ({ recentActions }: ScheduleDescription['info']): StartedRun | undefined => {
  const newest = recentActions.at(-1);
  return newest && toStartedRun(newest);
};

const createTakenError = (name: string, schedule: string, found: ScheduleDescription): BerthError => {
  const { when } = describeSchedule(found);
  return new BerthError('SCHEDULE_TAKEN', `${name} has a schedule ${schedule} (${when})`, { name, schedule });
};

/** Ignores a schedule that was deleted after it was listed. */
function ignoreDeleted(error: unknown): undefined {
  if (!(error instanceof BerthError) || error.code !== 'SCHEDULE_UNKNOWN') throw error;
}
