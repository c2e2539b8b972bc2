import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Client,
  ScheduleAlreadyRunning,
  type ScheduleDescription,
  ScheduleNotFoundError,
  ScheduleOverlapPolicy,
} from '@temporalio/client';
import type { ScheduledRun, ScheduleInfo } from '../contract/schedule.js';
import type { DeploymentInfo } from '../contract/status.js';
import { BerthError } from '../errors.js';
import type { Ask } from './ask.js';
import { describeSchedule, startedRun } from './describe-schedule.js';
import { listScheduleIds } from './list-schedules.js';
import { makeOptions, type ScheduleRequest } from './make-options.js';
import { readRun, type StartedRun } from './read-runs.js';
import { removeSchedule } from './remove-schedules.js';
import { readScheduleId, scheduleId, usualSchedule } from './schedule-id.js';
import { ServerDeployments } from './server-deployments.js';

interface Surroundings {
  ask: Ask;
  /** Who asks, for the record. */
  by: string;
  /** A page of the Web UI, where that is known. */
  webUrl: (page: string) => string | null;
}

export interface FollowOptions {
  signal?: AbortSignal;
  /** Awaited at every look. */
  onLook?: () => Promise<void>;
}

/** The schedules of redeploys on a server: Temporal Schedules, so the Web UI shows and operates them too. */
export class RedeploySchedules {
  private readonly ask: Ask;
  private readonly by: string;
  private readonly webUrl: Surroundings['webUrl'];
  private readonly deployments: ServerDeployments;

  constructor({ ask, by, webUrl }: Surroundings) {
    this.ask = ask;
    this.by = by;
    this.webUrl = webUrl;
    this.deployments = new ServerDeployments(ask);
  }

  /** A deployment that is undone while its schedule is being made leaves none. */
  async create(request: ScheduleRequest): Promise<ScheduleInfo> {
    const { name, schedule = usualSchedule } = request;
    const info = await this.requireDeployment(name);
    if (info.host === null)
      throw new BerthError('STATE_CONFLICT', `cannot schedule redeploys of ${name}: it is ${info.state}`, { name });
    await this.make(makeOptions({ ...request, schedule, by: this.by }));
    const made = await this.read(name, scheduleId(name, schedule));
    const objection = await this.findObjection(made);
    if (objection === null) return made;
    await this.deployments.removeSchedule(name, schedule);
    throw objection;
  }

  private async findObjection({ name, when, nextRuns }: ScheduleInfo): Promise<BerthError | null> {
    if (nextRuns.length === 0) return new BerthError('SCHEDULE_INVALID', `${when}: there is no such time`);
    if ((await this.deployments.look(name)) !== null) return null;
    return new BerthError('NAME_UNKNOWN', `${name} was cleaned up meanwhile`, { name });
  }

  /** All of them, or a deployment's, each with its newest run. */
  async list(name?: string): Promise<ScheduleInfo[]> {
    const ids = await this.ask(name ?? 'list', (client) => listScheduleIds(client, name));
    const found = await Promise.all(ids.map((id) => this.read(readScheduleId(id)?.name ?? '', id, 1).catch(forget)));
    return found.filter((info) => info !== undefined);
  }

  async show(name: string, schedule?: string): Promise<ScheduleInfo> {
    return await this.read(name, await this.find(name, schedule), shownRuns);
  }

  async pause(name: string, schedule?: string): Promise<ScheduleInfo> {
    return await this.change(name, schedule, (handle) => handle.pause(`paused by ${this.by}`));
  }

  async resume(name: string, schedule?: string): Promise<ScheduleInfo> {
    return await this.change(name, schedule, (handle) => handle.unpause(`resumed by ${this.by}`));
  }

  /** Starts a run now, also while the schedule is paused. Throws STATE_CONFLICT while another one goes on. */
  async trigger(name: string, schedule?: string): Promise<ScheduledRun> {
    await this.requireDeployment(name);
    const id = await this.find(name, schedule);
    const before = await this.describe(name, id);
    await this.ask(name, (client) => client.schedule.getHandle(id).trigger(ScheduleOverlapPolicy.SKIP));
    for (const deadline = Date.now() + patience; Date.now() < deadline; await sleep(50)) {
      const { info } = await this.describe(name, id);
      const run = newestRun(info);
      if (run !== undefined && run.runId !== newestRun(before.info)?.runId) return await this.readRun(name, run);
      if (info.numActionsSkippedOverlap > before.info.numActionsSkippedOverlap)
        throw new BerthError('STATE_CONFLICT', `a run of ${name}’s schedule is still running: ${run?.workflowId}`, {
          name,
        });
    }
    throw new BerthError('SERVER_UNREACHABLE', `the Temporal server did not start a run of ${id}`, { name });
  }

  /** Follows a run to its end. */
  async follow(name: string, run: ScheduledRun, { signal, onLook }: FollowOptions = {}): Promise<ScheduledRun> {
    for (let pause = 50; ; pause = Math.min(pause * 1.2, 500)) {
      const now = await this.readRun(name, run);
      await onLook?.();
      if (now.outcome !== 'running') return now;
      await sleep(pause, undefined, signal && { signal });
    }
  }

  /** Resolves when it is proven gone. A run that goes on is an ordinary redeploy, and goes on. */
  async remove(name: string, schedule?: string): Promise<ScheduleInfo> {
    const id = await this.find(name, schedule);
    const info = await this.read(name, id, 1);
    await this.ask(name, (client) => removeSchedule(client, name, id));
    return info;
  }

  /** What was made by an earlier try of the same request is ours. */
  private async make(options: ReturnType<typeof makeOptions>): Promise<void> {
    const { deployment: name, schedule, request } = options.memo;
    await this.ask(name, async (client) => {
      try {
        await client.schedule.create(options);
      } catch (error) {
        if (error instanceof TypeError) throw new BerthError('SCHEDULE_INVALID', error.message, {}, { cause: error });
        if (!(error instanceof ScheduleAlreadyRunning)) throw error;
        const found = await client.schedule.getHandle(options.scheduleId).describe();
        if (found.memo?.request !== request) throw taken(name, schedule, found);
      }
    });
  }

  private async requireDeployment(name: string): Promise<DeploymentInfo> {
    const info = await this.deployments.look(name);
    if (info === null) throw new BerthError('NAME_UNKNOWN', `there is no deployment called ${name}`, { name });
    return info;
  }

  private async change(
    name: string,
    schedule: string | undefined,
    change: (handle: ReturnType<Client['schedule']['getHandle']>) => Promise<void>,
  ): Promise<ScheduleInfo> {
    const id = await this.find(name, schedule);
    await this.ask(name, (client) => change(client.schedule.getHandle(id)));
    return await this.read(name, id, 1);
  }

  /** Without a name: the deployment's only one. */
  private async find(name: string, schedule: string | undefined): Promise<string> {
    if (schedule !== undefined) return scheduleId(name, schedule);
    const ids = await this.ask(name, (client) => listScheduleIds(client, name));
    const [id, ...others] = ids;
    if (others.length === 0) return id ?? scheduleId(name, usualSchedule);
    const names = ids.map((one) => readScheduleId(one)?.schedule);
    throw new BerthError('USAGE', `${name} has ${ids.length} schedules: say which with --id ${names.join(' or ')}`);
  }

  private async read(name: string, id: string, runs = 0): Promise<ScheduleInfo> {
    const description = await this.describe(name, id);
    const newest = runs === 0 ? [] : description.info.recentActions.slice(-runs).map(startedRun);
    return {
      name,
      id: readScheduleId(id)?.schedule ?? id,
      ...describeSchedule(description),
      runs: await Promise.all(newest.map((run) => this.readRun(name, run))),
      webUrl: this.webUrl(`schedules/${encodeURIComponent(id)}`),
    };
  }

  private async describe(name: string, id: string): Promise<ScheduleDescription> {
    return await this.ask(name, async ({ schedule }) => {
      try {
        return await schedule.getHandle(id).describe();
      } catch (error) {
        if (!(error instanceof ScheduleNotFoundError)) throw error;
        const wanted = readScheduleId(id)?.schedule ?? id;
        const which = wanted === usualSchedule ? `${name} has no schedule` : `${name} has no schedule ${wanted}`;
        throw new BerthError('SCHEDULE_UNKNOWN', which, { name }, { cause: error });
      }
    });
  }

  private async readRun(name: string, run: StartedRun): Promise<ScheduledRun> {
    const read = await this.ask(name, (client) => readRun(client, run));
    const page = `workflows/${encodeURIComponent(run.workflowId)}/${run.runId}`;
    return { ...read, webUrl: this.webUrl(page) };
  }
}

/** Runs that `show` tells of: as many as the server remembers. */
const shownRuns = 10;
/** Milliseconds that the server has to start a run. */
const patience = 20_000;

const newestRun = ({ recentActions }: ScheduleDescription['info']): StartedRun | undefined => {
  const newest = recentActions.at(-1);
  return newest && startedRun(newest);
};

const taken = (name: string, schedule: string, found: ScheduleDescription): BerthError => {
  const { when } = describeSchedule(found);
  return new BerthError('SCHEDULE_TAKEN', `${name} has a schedule ${schedule} (${when})`, { name, schedule });
};

/** One that was deleted after it was listed. */
function forget(error: unknown): undefined {
  if (!(error instanceof BerthError) || error.code !== 'SCHEDULE_UNKNOWN') throw error;
}
