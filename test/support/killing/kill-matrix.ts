import { readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { readActiveRevision } from '../../../src/calls/active-revision.js';
import { openSoftware } from '../../../src/calls/open-software.js';
import type { DeploymentInfo } from '../../../src/contract/index.js';
import { type BerthHome, deploymentDirectory } from '../../../src/home/home.js';
import { connectOnce } from '../deployments.js';
import { listProcesses, readCommandLine } from '../temporary-stack.js';
import { readRecordedProcess } from './kill-processes.js';
import { createTestDeployment, type Operation, operations, type TestDeployment } from './operations.js';
import type { Target } from './runtime-targets.js';
import { type ExecutedStep, type Moment, StepHolds } from './step-holds.js';

/** Step of an operation on a deployment, held at one moment. */
export interface MatrixCell {
  subject: TestDeployment;
  operation: string;
  step: string;
  moment: Moment | 'busy';
}

/** Outcome of a cell. */
export interface Outcome extends MatrixCell {
  /** Null when everything is as expected. */
  problem: string | null;
  /** Duration from the restoration of the killed parts until everything was as expected. */
  seconds: number;
}

/** Sends the request of a cell. */
type SendRequest = (operation: Operation, subject: TestDeployment) => Promise<unknown>;

interface Kill {
  kill: () => Promise<void>;
  restore: () => Promise<unknown>;
  send?: SendRequest | undefined;
}

/** Seconds from the restoration of the killed parts until everything must be as expected. */
const recoveryTimeout = 120;
/** Cells that are checked concurrently. */
const concurrentChecks = 4;
/** Milliseconds. */
const pollInterval = 500;

/**
 * Kills every step of every operation: holds each step at one moment in its own deployment, and kills them all together.
 * A rehearsal finds the steps, so new steps are killed too.
 */
export class KillMatrix {
  private readonly holds: StepHolds;
  private readonly subjects = new Map<string, TestDeployment>();
  private rehearsed = new Map<string, ExecutedStep[]>();

  constructor(
    private readonly home: BerthHome,
    private readonly target: Target,
  ) {
    this.holds = new StepHolds(home);
  }

  /** Runs operations without a kill. Returns their steps. */
  async rehearse(names = Object.keys(operations)): Promise<string[]> {
    this.rehearsed = new Map(
      await Promise.all(
        names
          .filter((operation) => findOperation(operation).busy === undefined)
          .map((operation) => this.rehearseOperation(operation)),
      ),
    );
    return [...this.rehearsed.values()].flat().map(({ step }) => step);
  }

  /**
   * Selects each step of `completeOperations`, and the steps that only other operations have, at one moment each. Over three
   * turns, each step is held at its beginning, in its middle and at its end.
   */
  selectCore(completeOperations: string[], turn: number): MatrixCell[] {
    const known = new Set(
      completeOperations.flatMap((operation) => this.rehearsed.get(operation)?.map(({ step }) => step)),
    );
    const held = [...this.rehearsed].flatMap(([operation, executed]) =>
      executed
        .filter(({ step }) => completeOperations.includes(operation) || !known.has(step))
        .map((one, index) => this.createCell(operation, one.step, this.chooseMoment(one, turn + index))),
    );
    return [...held, ...this.selectBusy()];
  }

  /** Selects operations with a command: each step of `completeOperations`, and the first step of the others. */
  selectCommands(completeOperations: string[]): MatrixCell[] {
    const commands = [...this.rehearsed].filter(
      ([operation]) => findOperation(operation).commandArguments !== undefined,
    );
    return commands.flatMap(([operation, executed]) =>
      executed
        .slice(0, completeOperations.includes(operation) ? undefined : 1)
        .map(({ step, hasEnded }) => this.createCell(operation, step, hasEnded ? 'end' : 'begin')),
    );
  }

  /** Selects the steps that stay busy until they are released. */
  selectBusy(): MatrixCell[] {
    return Object.entries(operations).flatMap(([operation, { busy }]) =>
      busy === undefined ? [] : [this.createCell(operation, busy.step, 'busy')],
    );
  }

  /** Selects each step of all operations at each of its moments, in rounds of one kill. */
  selectAll(): MatrixCell[][] {
    const rounds: MatrixCell[][] = [this.selectBusy()];
    for (const [operation, executed] of this.rehearsed)
      for (const { step, hasEnded } of executed) {
        const effects = Array.from({ length: this.countEffects(step) }, (_, index) => index + 1);
        const moments: Moment[] = hasEnded ? ['begin', 'end', ...effects] : ['begin'];
        for (const [round, moment] of moments.entries()) {
          rounds[round] ??= [];
          rounds[round].push(this.createCell(operation, step, moment));
        }
      }
    return rounds;
  }

  /** Brings each cell to its moment, kills, restores, and waits until everything is as expected. */
  async run(
    cells: readonly MatrixCell[],
    { kill, restore, send = (operation, subject) => operation.request(subject) }: Kill,
  ): Promise<Outcome[]> {
    const failed: Outcome[] = [];
    const recordFailure = (cell: MatrixCell, { message }: Error) =>
      failed.push({ ...cell, problem: `did not reach its moment: ${message}`, seconds: 0 });
    try {
      await Promise.all(
        cells.map((cell) => this.bringToMoment(cell, send).catch((error) => recordFailure(cell, error))),
      );
      await kill();
    } finally {
      this.holds.release();
      for (const { subject, operation } of cells) findOperation(operation).busy?.release(subject, this.home);
    }
    await restore();
    const restoredAt = Date.now();
    const held = cells.filter((cell) => failed.every((outcome) => outcome.subject !== cell.subject));
    return [...failed, ...(await this.judge(held, restoredAt))];
  }

  /**
   * Lists what the home holds beyond server, worker, and one process and one directory per running deployment. Waits until
   * nothing is left, because deployments outside of the matrix were killed too and may still recover.
   */
  async findOrphans(): Promise<string[]> {
    const deadline = Date.now() + recoveryTimeout * 1000;
    let found = await this.listOrphans();
    while (found.length > 0 && Date.now() < deadline) {
      await sleep(pollInterval);
      found = await this.listOrphans();
    }
    return found;
  }

  private async listOrphans(): Promise<string[]> {
    const client = await connectOnce();
    const deployments = (await client.list()).map(({ name }) => name);
    const known = new Set([readRecordedProcess(this.home, 'worker').pid, readRecordedProcess(this.home, 'server').pid]);
    for (const name of deployments) known.add((await readActiveRevision(this.home, name))?.handle.pid as number);
    const processes = listProcesses(this.home).filter((pid) => !known.has(pid));
    const directories = readdirSync(this.home.deployments).filter((name) => !deployments.includes(name));
    const ledgers = readdirSync(this.home.ledger).filter((file) => !deployments.includes(file.replace(/\.jsonl$/, '')));
    return [...processes.map((pid) => readCommandLine(String(pid))), ...directories, ...ledgers];
  }

  private chooseMoment({ step, hasEnded }: ExecutedStep, turn: number): Moment {
    const middle = Math.ceil(this.countEffects(step) / 2);
    const moments: Moment[] = ['begin', middle === 0 ? 'end' : middle, 'end'];
    return hasEnded ? (moments[turn % 3] ?? 'begin') : 'begin';
  }

  /** Counts the effects that the step has in every operation; the first one may also create shared resources. */
  private countEffects(step: string): number {
    const executed = [...this.rehearsed.values()].flat().filter((one) => one.step === step && one.hasEnded);
    return Math.min(...executed.map(({ effects }) => effects.length));
  }

  private createCell(operation: string, step: string, moment: MatrixCell['moment']): MatrixCell {
    return {
      subject: this.getSubject(operation === step ? operation : `${operation}-${step}`.toLowerCase()),
      operation,
      step,
      moment,
    };
  }

  private getSubject(name: string): TestDeployment {
    const subject = this.subjects.get(name) ?? createTestDeployment(name, this.target.strategy);
    this.subjects.set(name, subject);
    return subject;
  }

  private async rehearseOperation(name: string): Promise<[operation: string, executed: ExecutedStep[]]> {
    const operation = findOperation(name);
    const subject = this.getSubject(name);
    await operation.prepare(subject);
    const client = await connectOnce();
    if ((await this.find(subject))?.state === 'running') await this.holds.waitUntilSupervised(name);
    const mark = this.holds.mark(subject.name);
    operation.expectOutcome?.(subject);
    await operation.request(subject);
    while (!(await operation.isDone(await client.info(name)))) await sleep(pollInterval);
    if (subject.answer !== null) await this.holds.waitUntilSupervised(name);
    return [name, this.holds.listStepsSince(subject.name, mark)];
  }

  private async bringToMoment(cell: MatrixCell, send: SendRequest): Promise<void> {
    const { subject, operation: name, step, moment } = cell;
    const operation = findOperation(name);
    await operation.prepare(subject);
    subject.changes = (await this.find(subject))?.changes.length ?? 0;
    if (moment !== 'busy') this.holds.hold(subject.name, step, moment);
    operation.expectOutcome?.(subject);
    const rejected = new Promise<never>((_resolve, reject) => void send(operation, subject).catch(reject));
    await Promise.race([this.waitForMoment(cell), rejected]);
    // The request may fail from here on.
    rejected.catch(() => undefined);
  }

  private async waitForMoment({ subject, operation, moment }: MatrixCell): Promise<void> {
    const { busy } = findOperation(operation);
    if (moment !== 'busy') return await this.holds.waitUntilHeld(subject.name);
    while (busy?.isBusy(subject, this.home) === false) await sleep(20);
  }

  /** Checks a few cells at a time; checking all of them together would slow down their recovery. */
  private async judge(cells: readonly MatrixCell[], restoredAt: number): Promise<Outcome[]> {
    const outcomes: Outcome[] = [];
    for (const open = new Set(cells); open.size > 0; await sleep(pollInterval)) {
      const waiting = [...open].values();
      const checkCells = async () => {
        for (const cell of waiting) {
          const problem = await this.findProblem(cell).catch((error: Error) => error.message);
          const seconds = (Date.now() - restoredAt) / 1000;
          if (problem !== null && seconds < recoveryTimeout) continue;
          open.delete(cell);
          outcomes.push({ ...cell, problem, seconds });
        }
      };
      await Promise.all(Array.from({ length: concurrentChecks }, checkCells));
    }
    return outcomes;
  }

  /** Checks for the expected answer, one change and one copy of everything. */
  private async findProblem({ operation, subject: { name, answer, changes } }: MatrixCell): Promise<string | null> {
    const info = await (await connectOnce()).info(name);
    if (!(await findOperation(operation).isDone(info))) return `it is not done: ${JSON.stringify(info)}`;
    if (info.changes.length > changes + 1) return `it was changed ${info.changes.length - changes} times`;
    const output = await callDeployment(name, this.home);
    if (output !== answer) return `it answers ${output}, not ${answer}`;
    const count = await this.target.count(name);
    if (count !== (answer === null ? 0 : 1)) return `${count} processes or containers serve it`;
    const { root, revisions } = deploymentDirectory(this.home, name);
    if (info.state === 'cleaned') return readdirSync(this.home.deployments).includes(name) ? `${root} is left` : null;
    const [known, onDisk] = [info.revisions.map(({ id }) => id), readdirSync(revisions)].map((ids) =>
      ids.sort().join(),
    );
    return known === onDisk ? null : `revisions on disk: ${onDisk}; known: ${known}`;
  }

  /** Returns undefined for a deployment that does not exist or is cleaned. */
  private async find({ name }: TestDeployment): Promise<DeploymentInfo | undefined> {
    const found = await (await connectOnce()).info(name).catch(() => undefined);
    return found?.state === 'cleaned' ? undefined : found;
  }
}

function findOperation(name: string): Operation {
  const operation = operations[name];
  if (operation === undefined) throw new Error(`there is no operation called ${name}`);
  return operation;
}

async function callDeployment(name: string, home: BerthHome): Promise<unknown> {
  try {
    const software = await openSoftware(name, home);
    const answer = await software.run({});
    await software.close();
    return answer.status === 'success' ? (answer.output as { version: number }).version : null;
  } catch {
    return null;
  }
}
