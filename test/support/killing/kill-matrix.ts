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

/** One step of one act of one deployment, held at one moment. */
export interface MatrixCell {
  subject: TestDeployment;
  act: string;
  step: string;
  moment: Moment | 'busy';
}

/** What became of a cell. */
export interface Outcome extends MatrixCell {
  /** Null when all is as it was to be. */
  problem: string | null;
  /** From the return of what was killed until all was as it was to be. */
  seconds: number;
}

/** How a cell is asked for. */
type SendRequest = (act: Operation, subject: TestDeployment) => Promise<unknown>;

interface Kill {
  kill: () => Promise<void>;
  restore: () => Promise<unknown>;
  ask?: SendRequest | undefined;
}

/** Seconds from the return of what was killed until everything has to be as it was to be, without a person. */
const recoveryTimeout = 120;
/** Cells that are looked at side by side. */
const concurrentChecks = 4;
/** Milliseconds between two looks. */
const pollInterval = 500;

/**
 * Every step of every act, each held in a deployment of its own at one moment, and one kill for all of them. The steps
 * are those that a rehearsal has taken: a step that is new is killed like the others.
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

  /** Carries acts out, undisturbed. Returns the steps that were taken. */
  async rehearse(names = Object.keys(operations)): Promise<string[]> {
    this.rehearsed = new Map(
      await Promise.all(names.filter((act) => findAct(act).busy === undefined).map((act) => this.rehearseAct(act))),
    );
    return [...this.rehearsed.values()].flat().map(({ step }) => step);
  }

  /**
   * Each step of `wholeActs`, and of the other acts the steps that only they take, at one moment. The turn deals the
   * moments out: over three turns each step is at its beginning, in its middle and at its end.
   */
  core(wholeActs: string[], turn: number): MatrixCell[] {
    const known = new Set(wholeActs.flatMap((act) => this.rehearsed.get(act)?.map(({ step }) => step)));
    const held = [...this.rehearsed].flatMap(([act, passed]) =>
      passed
        .filter(({ step }) => wholeActs.includes(act) || !known.has(step))
        .map((one, index) => this.cell(act, one.step, this.chooseMoment(one, turn + index))),
    );
    return [...held, ...this.busy()];
  }

  /** Each act that a user has a command for, at each of its steps; of those beyond `wholeActs` at the first. */
  commands(wholeActs: string[]): MatrixCell[] {
    const commands = [...this.rehearsed].filter(([act]) => findAct(act).commandArguments !== undefined);
    return commands.flatMap(([act, passed]) =>
      passed
        .slice(0, wholeActs.includes(act) ? undefined : 1)
        .map(({ step, hasEnded }) => this.cell(act, step, hasEnded ? 'end' : 'begin')),
    );
  }

  /** What stays busy until it is told to go on. */
  busy(): MatrixCell[] {
    return Object.entries(operations).flatMap(([act, { busy }]) =>
      busy === undefined ? [] : [this.cell(act, busy.step, 'busy')],
    );
  }

  /** Each step of all acts at each moment that it has, in rounds of one kill. */
  whole(): MatrixCell[][] {
    const rounds: MatrixCell[][] = [this.busy()];
    for (const [act, passed] of this.rehearsed)
      for (const { step, hasEnded } of passed) {
        const effects = Array.from({ length: this.countEffects(step) }, (_, index) => index + 1);
        const moments: Moment[] = hasEnded ? ['begin', 'end', ...effects] : ['begin'];
        for (const [round, moment] of moments.entries()) {
          rounds[round] ??= [];
          rounds[round].push(this.cell(act, step, moment));
        }
      }
    return rounds;
  }

  /** Brings each cell to its moment, kills, brings back, and waits until all is as it was to be. */
  async run(
    cells: readonly MatrixCell[],
    { kill, restore, ask = (act, subject) => act.request(subject) }: Kill,
  ): Promise<Outcome[]> {
    const strayed: Outcome[] = [];
    const stray = (cell: MatrixCell, { message }: Error) =>
      strayed.push({ ...cell, problem: `it was not brought there: ${message}`, seconds: 0 });
    try {
      await Promise.all(cells.map((cell) => this.bringToMoment(cell, ask).catch((error) => stray(cell, error))));
      await kill();
    } finally {
      this.holds.release();
      for (const { subject, act } of cells) findAct(act).busy?.release(subject, this.home);
    }
    await restore();
    const returned = Date.now();
    const held = cells.filter((cell) => strayed.every((outcome) => outcome.subject !== cell.subject));
    return [...strayed, ...(await this.judge(held, returned))];
  }

  /**
   * What the home holds beyond server, worker, and one process and one directory for each deployment that runs. It is
   * looked at until nothing is: what took no part was killed with the rest, and may still be on its way back.
   */
  async findLeftOvers(): Promise<string[]> {
    const deadline = Date.now() + recoveryTimeout * 1000;
    let found = await this.lookForLeftOvers();
    while (found.length > 0 && Date.now() < deadline) {
      await sleep(pollInterval);
      found = await this.lookForLeftOvers();
    }
    return found;
  }

  private async lookForLeftOvers(): Promise<string[]> {
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

  /** Effects that the step has in every act; what is made once for all deployments comes on top the first time. */
  private countEffects(step: string): number {
    const passed = [...this.rehearsed.values()].flat().filter((one) => one.step === step && one.hasEnded);
    return Math.min(...passed.map(({ effects }) => effects.length));
  }

  private cell(act: string, step: string, moment: MatrixCell['moment']): MatrixCell {
    return { subject: this.subject(act === step ? act : `${act}-${step}`.toLowerCase()), act, step, moment };
  }

  private subject(name: string): TestDeployment {
    const subject = this.subjects.get(name) ?? createTestDeployment(name, this.target.strategy);
    this.subjects.set(name, subject);
    return subject;
  }

  private async rehearseAct(name: string): Promise<[act: string, passed: ExecutedStep[]]> {
    const act = findAct(name);
    const subject = this.subject(name);
    await act.prepare(subject);
    const client = await connectOnce();
    if ((await this.find(subject))?.state === 'running') await this.holds.waitUntilSupervised(name);
    const mark = this.holds.mark(subject.name);
    act.expectOutcome?.(subject);
    await act.request(subject);
    while (!(await act.isDone(await client.info(name)))) await sleep(pollInterval);
    if (subject.answer !== null) await this.holds.waitUntilSupervised(name);
    return [name, this.holds.listStepsSince(subject.name, mark)];
  }

  private async bringToMoment(cell: MatrixCell, ask: SendRequest): Promise<void> {
    const { subject, act: name, step, moment } = cell;
    const act = findAct(name);
    await act.prepare(subject);
    subject.changes = (await this.find(subject))?.changes.length ?? 0;
    if (moment !== 'busy') this.holds.hold(subject.name, step, moment);
    act.expectOutcome?.(subject);
    const refused = new Promise<never>((_resolve, reject) => void ask(act, subject).catch(reject));
    await Promise.race([this.untilThere(cell), refused]);
    // From here on whoever asked may be told that nobody is there.
    refused.catch(() => undefined);
  }

  private async untilThere({ subject, act, moment }: MatrixCell): Promise<void> {
    const { busy } = findAct(act);
    if (moment !== 'busy') return await this.holds.waitUntilHeld(subject.name);
    while (busy?.isBusy(subject, this.home) === false) await sleep(20);
  }

  /** Looks at a few cells at a time: looked at all at once, they would take the cores from what brings them back. */
  private async judge(cells: readonly MatrixCell[], returned: number): Promise<Outcome[]> {
    const outcomes: Outcome[] = [];
    for (const open = new Set(cells); open.size > 0; await sleep(pollInterval)) {
      const waiting = [...open].values();
      const look = async () => {
        for (const cell of waiting) {
          const problem = await this.findProblem(cell).catch((error: Error) => error.message);
          const seconds = (Date.now() - returned) / 1000;
          if (problem !== null && seconds < recoveryTimeout) continue;
          open.delete(cell);
          outcomes.push({ ...cell, problem, seconds });
        }
      };
      await Promise.all(Array.from({ length: concurrentChecks }, look));
    }
    return outcomes;
  }

  /** Same answer, done once, one copy of everything. */
  private async findProblem({ act, subject: { name, answer, changes } }: MatrixCell): Promise<string | null> {
    const info = await (await connectOnce()).info(name);
    if (!(await findAct(act).isDone(info))) return `it stands at ${JSON.stringify(info)}`;
    if (info.changes.length > changes + 1) return `it was changed ${info.changes.length - changes} times`;
    const said = await ask(name, this.home);
    if (said !== answer) return `it answers ${said}, not ${answer}`;
    const count = await this.target.count(name);
    if (count !== (answer === null ? 0 : 1)) return `${count} are there that serve it`;
    const { root, revisions } = deploymentDirectory(this.home, name);
    if (info.state === 'cleaned') return readdirSync(this.home.deployments).includes(name) ? `${root} is left` : null;
    const [known, there] = [info.revisions.map(({ id }) => id), readdirSync(revisions)].map((ids) => ids.sort().join());
    return known === there ? null : `the revisions ${there} are on disk, ${known} are known`;
  }

  /** Undefined of what is not there, or not any more. */
  private async find({ name }: TestDeployment): Promise<DeploymentInfo | undefined> {
    const found = await (await connectOnce()).info(name).catch(() => undefined);
    return found?.state === 'cleaned' ? undefined : found;
  }
}

function findAct(name: string): Operation {
  const act = operations[name];
  if (act === undefined) throw new Error(`there is no act called ${name}`);
  return act;
}

async function ask(name: string, home: BerthHome): Promise<unknown> {
  try {
    const software = await openSoftware(name, home);
    const answer = await software.run({});
    await software.close();
    return answer.status === 'success' ? (answer.output as { version: number }).version : null;
  } catch {
    return null;
  }
}
