import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection, ScheduleOverlapPolicy } from '@temporalio/client';
import { planSchedule } from '../../../src/client/schedules/plan-schedule.js';
import type { DeploymentInfo } from '../../../src/contract/index.js';
import { type BerthHome, berthHome, deploymentDirectory } from '../../../src/home/home.js';
import { ensureStack, getHostId } from '../../../src/stack/index.js';
import { connectOnce, deploy, waitForState } from '../deployments.js';
import { temporarySolution } from '../temporary-directories.js';

/** Deployment under test, and its expected answer when no operation runs. */
export interface TestDeployment {
  name: string;
  source: string;
  /** Version of the newest source. */
  version: number;
  /** Expected answer after the operation; null when nothing serves. */
  answer: number | null;
  strategy: string;
  /** Number of its finished changes. */
  changes: number;
}

/** Operation on a deployment. Its steps are killed. */
export interface Operation {
  prepare(subject: TestDeployment): Promise<void>;
  /** Prepares the source of the request, and records the expected answer. */
  expectOutcome?(subject: TestDeployment): void;
  /** Sends the request. Resolves when it is accepted or finished. */
  request(subject: TestDeployment): Promise<unknown>;
  /** Arguments of the command that sends the request. */
  commandArguments?(subject: TestDeployment): string[];
  isDone(info: DeploymentInfo): boolean | Promise<boolean>;
  /** Step that is killed while it is busy; it stays busy until it is released. */
  busy?: {
    step: string;
    isBusy(subject: TestDeployment, home: BerthHome): boolean;
    release(subject: TestDeployment, home: BerthHome): void;
  };
}

export function createTestDeployment(name: string, strategy: string): TestDeployment {
  const source = join(temporarySolution({}), 'source');
  mkdirSync(source);
  const subject = { name, source, version: 0, answer: null, strategy, changes: 0 };
  writeVersion(subject);
  return subject;
}

/** Returns the file next to the source that holds the version that cannot be imported, if there is one. */
const broken = ({ source }: TestDeployment): string => `${source}.broken`;

/** Writes the next version, which answers with its number. */
function writeVersion(subject: TestDeployment): void {
  subject.version += 1;
  const lines = [
    'import os',
    `version = ${subject.version}`,
    `broken = ${JSON.stringify(broken(subject))}`,
    'if os.path.exists(broken) and open(broken).read() == str(version):',
    '    raise RuntimeError("broken")',
    'def predict(n: int = 1):\n    return {"version": version}\n',
  ];
  writeFileSync(join(subject.source, 'main.py'), lines.join('\n'));
}

/** Number of revisions to keep: the active one and one to roll back to. */
const keptRevisionCount = 2;

const isRunning = ({ state, change, next }: DeploymentInfo): boolean =>
  state === 'running' && change === null && next === null;

/** Deploys the newest version from any state that the previous operation left. */
async function run(subject: TestDeployment): Promise<DeploymentInfo> {
  const client = await connectOnce();
  const found = await client.info(subject.name).catch(() => undefined);
  if (found === undefined || found.state === 'cleaned') {
    subject.answer = subject.version;
    const { name, source, strategy } = subject;
    return await deploy({ name, solution: source, strategy, agent: 'none', bake: 0, keep: keptRevisionCount });
  }
  if (found.state === 'stopped') return await client.start(subject.name);
  return await waitForState(subject.name, 'running');
}

async function redeploy(subject: TestDeployment): Promise<void> {
  const client = await connectOnce();
  writeVersion(subject);
  const { id } = await client.redeploy(subject.name, { changes: {}, isForced: false });
  await client.followChange(subject.name, id, () => {});
  subject.answer = subject.version;
}

const cleanUpExisting = async ({ name }: TestDeployment): Promise<void> => {
  const client = await connectOnce();
  const found = await client.info(name).catch(() => undefined);
  if (found !== undefined && found.state !== 'cleaned') await client.cleanup(name);
};

const deployAnew: Operation = {
  prepare: cleanUpExisting,
  expectOutcome: (subject) => {
    subject.answer = subject.version;
  },
  request: run,
  commandArguments: ({ name, source, strategy }) => [
    'deploy',
    source,
    '--name',
    name,
    '--strategy',
    strategy,
    '--agent',
    'none',
  ],
  isDone: isRunning,
};

/** Busy while the agent waits for the file `go`, ignores signals, and has a descendant in another session. */
const byAgent: Pick<Operation, 'busy'> = {
  busy: {
    step: 'adaptWorkspace',
    isBusy: (subject, home) => findWaitingAgent(subject, home) !== undefined,
    release: (subject, home) => {
      const directory = findWaitingAgent(subject, home);
      if (directory !== undefined) writeFileSync(join(directory, 'go'), '');
    },
  },
};

const deployByAgent: Operation = {
  ...deployAnew,
  ...byAgent,
  prepare: async (subject) => {
    await cleanUpExisting(subject);
    writeClass(subject);
  },
  request: ({ name, source, strategy }) => deploy({ name, solution: source, strategy, agent: 'patient', bake: 0 }),
};

/** Writes code that no recipe recognizes, so that each version needs the agent. */
function writeClass(subject: TestDeployment): void {
  subject.version += 1;
  writeFileSync(join(subject.source, 'main.py'), `class Thing:\n    version = ${subject.version}\n`);
}

/** Returns the directory of an agent that still waits. */
const findWaitingAgent = (subject: TestDeployment, home: BerthHome): string | undefined =>
  listAgents(subject, home).find((directory) => !existsSync(join(directory, 'go')));

/** Lists the directories of agents that wait or have waited. */
function listAgents({ name }: TestDeployment, home: BerthHome): string[] {
  const { agent } = deploymentDirectory(home, name);
  if (!existsSync(agent)) return [];
  const files = readdirSync(agent, { recursive: true, withFileTypes: true });
  return files.filter((file) => file.name === 'waiting').map((file) => file.parentPath);
}

/** Installs the agent of deployments by agent. */
export function writeAgent({ root }: BerthHome): void {
  const script = join(root, 'agent.sh');
  const lines = [
    `trap '' INT TERM`,
    `setsid sh -c 'sleep 600; :' descendant "$1" &`,
    'touch "$1/waiting"',
    'while [ ! -e "$1/go" ]; do sleep 0.2; done',
    `version=$(sed -n 's/.*version = //p' main.py)`,
    `printf 'def predict(n: int = 1):\n    return {"version": %s}\n' "$version" > main.py`,
    `echo '<run_interface>{"type":"function","module":"main","callable":"predict"}</run_interface>'`,
  ];
  mkdirSync(root, { recursive: true });
  writeFileSync(script, `${lines.join('\n')}\n`);
  writeFileSync(join(root, 'config.yaml'), `agents:\n  patient:\n    argv: [sh, ${script}, '{state}']\n`);
}

function announceVersion(subject: TestDeployment): void {
  writeVersion(subject);
  subject.answer = subject.version;
}

const redeploying: Operation = {
  prepare: async (subject) => {
    const { revisions } = await run(subject);
    for (let count = revisions.length; count < keptRevisionCount; count += 1) await redeploy(subject);
  },
  expectOutcome: announceVersion,
  request: async ({ name }) => await (await connectOnce()).redeploy(name, { changes: {}, isForced: false }),
  commandArguments: ({ name }) => ['redeploy', name],
  isDone: (info) => isRunning(info) && info.changes.at(-1)?.outcome === 'live',
};

const redeployByAgent: Operation = {
  ...redeploying,
  ...byAgent,
  prepare: async (subject) => {
    const client = await connectOnce();
    const found = await client.info(subject.name).catch(() => undefined);
    if (found === undefined) {
      writeClass(subject);
      deployByAgent.expectOutcome?.(subject);
      const deployed = deployByAgent.request(subject);
      while (!byAgent.busy?.isBusy(subject, berthHome())) await sleep(20);
      byAgent.busy?.release(subject, berthHome());
      await deployed;
    }
    await waitForState(subject.name, 'running');
    for (const directory of listAgents(subject, berthHome())) rmSync(directory, { recursive: true });
  },
  expectOutcome: (subject) => {
    writeClass(subject);
    subject.answer = subject.version;
  },
};

const rollBack: Operation = {
  prepare: async (subject) => {
    await run(subject);
    await redeploy(subject);
  },
  expectOutcome: (subject) => {
    subject.answer = subject.version - 1;
  },
  request: async ({ name }) => await (await connectOnce()).rollBack(name, null),
  commandArguments: ({ name }) => ['rollback', name],
  isDone: (info) => isRunning(info) && info.changes.at(-1)?.kind === 'rollback',
};

/** A rollback to a revision that does not start. */
const rollBackToBroken: Operation = {
  prepare: rollBack.prepare,
  expectOutcome: (subject) => writeFileSync(broken(subject), String(subject.version - 1)),
  request: rollBack.request,
  isDone: (info) => isRunning(info) && info.changes.at(-1)?.outcome === 'failed',
};

const abandon: Operation = {
  prepare: async (subject) => {
    await run(subject);
    const { answer } = subject;
    writeVersion(subject);
    writeFileSync(broken(subject), String(subject.version));
    const client = await connectOnce();
    const { id } = await client.redeploy(subject.name, { changes: {}, isForced: false });
    await client.followChange(subject.name, id, () => {});
    subject.answer = answer;
  },
  request: async ({ name }) => await (await connectOnce()).abandon(name),
  commandArguments: ({ name }) => ['abandon', name],
  isDone: isRunning,
};

const stop: Operation = {
  prepare: async (subject) => void (await run(subject)),
  expectOutcome: (subject) => {
    subject.answer = null;
  },
  request: async ({ name }) => await (await connectOnce()).stop(name),
  commandArguments: ({ name }) => ['stop', name],
  isDone: ({ state }) => state === 'stopped',
};

const start: Operation = {
  prepare: async (subject) => {
    await run(subject);
    await (await connectOnce()).stop(subject.name);
  },
  expectOutcome: (subject) => {
    subject.answer = subject.version;
  },
  request: async ({ name }) => await (await connectOnce()).start(name),
  commandArguments: ({ name }) => ['start', name],
  isDone: isRunning,
};

const cleanUp: Operation = {
  prepare: async (subject) => void (await run(subject)),
  expectOutcome: (subject) => {
    subject.answer = null;
  },
  request: async ({ name }) => await (await connectOnce()).cleanup(name),
  commandArguments: ({ name }) => ['cleanup', name],
  isDone: ({ state }) => state === 'cleaned',
};

const redeployBySchedule: Operation = {
  prepare: async (subject) => {
    await run(subject);
    const { name } = subject;
    const { schedules } = await connectOnce();
    if ((await schedules.list(name)).length > 0) return;
    await schedules.create({ name, schedule: undefined, plan: planSchedule({ every: '1d' }), replacesFailed: false });
  },
  expectOutcome: announceVersion,
  request: async ({ name }) => {
    const { schedules } = await connectOnce();
    return await schedules.follow(name, await schedules.trigger(name));
  },
  commandArguments: ({ name }) => ['schedule', 'trigger', name, '--wait'],
  isDone: async (info) => {
    if (!redeploying.isDone(info)) return false;
    const { runs } = await (await connectOnce()).schedules.show(info.name);
    return runs.at(-1)?.outcome === 'live';
  },
};

/** The newest durable run of each subject, by the subject's name. */
const durableRuns = new Map<string, string>();
let durableRunCount = 0;

/** Each run has its own id, so that its answer can be requested again. */
const runDurably: Operation = {
  prepare: async (subject) => void (await run(subject)),
  expectOutcome: ({ name }) => {
    durableRunCount += 1;
    durableRuns.set(name, `kill-${durableRunCount}`);
  },
  request: async ({ name }) => {
    const { runs } = await connectOnce();
    return await runs.waitForAnswer(await runs.start(name, {}, { id: durableRunOf(name) }));
  },
  commandArguments: ({ name }) => ['run', name, '{}', '--durable', '--id', durableRunOf(name)],
  isDone: async (info) => {
    if (!isRunning(info)) return false;
    const { runs } = await connectOnce();
    const started = { name: info.name, id: durableRunOf(info.name), webUrl: null };
    const answer = await runs.waitForAnswer(started, { signal: AbortSignal.timeout(1_000) }).catch(() => undefined);
    return answer?.status === 'success';
  },
};

const durableRunOf = (name: string): string => durableRuns.get(name) ?? 'none';

/** A reconciliation, which changes no running deployment. */
const reconcile: Operation = {
  prepare: async (subject) => void (await run(subject)),
  request: async () => {
    const { connectionOptions } = await ensureStack({ needsWorker: true });
    const connection = await Connection.connect(connectionOptions);
    try {
      const client = new Client({ connection });
      const schedule = client.schedule.getHandle(`berth-reconcile-${getHostId()}`);
      const { numActionsTaken } = (await schedule.describe()).info;
      await schedule.trigger(ScheduleOverlapPolicy.ALLOW_ALL);
      for (let info = (await schedule.describe()).info; ; info = (await schedule.describe()).info) {
        await sleep(50);
        const newest = info.recentActions.at(-1);
        if (info.numActionsTaken === numActionsTaken || newest === undefined) continue;
        return await client.workflow.getHandle(newest.action.workflow.workflowId).result();
      }
    } finally {
      await connection.close();
    }
  },
  isDone: isRunning,
};

/** All operations. A test fails for a step that none of them runs. */
export const operations: Record<string, Operation> = {
  deploy: deployAnew,
  'deploy-by-agent': deployByAgent,
  redeploy: redeploying,
  'redeploy-by-agent': redeployByAgent,
  'redeploy-by-schedule': redeployBySchedule,
  rollback: rollBack,
  'failed-rollback': rollBackToBroken,
  abandon,
  stop,
  start,
  cleanup: cleanUp,
  'durable-run': runDurably,
  reconcile,
};
