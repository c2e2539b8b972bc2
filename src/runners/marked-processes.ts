import { join, sep } from 'node:path';
import type { RunPlan } from '../contract/handle.js';
import { removeEnclosure } from './enclosure.js';
import { findPlaced, type Placed } from './place-of-process.js';
import {
  type Assigned,
  findByEnvironment,
  findByPrefix,
  killByEnvironment,
  killFound,
} from './processes-by-environment.js';

type Marked = Pick<RunPlan, 'stateDirectory'>;

/**
 * The variable by which all processes of a revision's server are found, wherever their parent and their session are:
 * children inherit it. Its value follows from the plan, so that nothing has to be written down before a start.
 */
export const markOf = ({ stateDirectory }: Marked): Record<'BERTH_SERVER', string> => ({
  BERTH_SERVER: stateDirectory,
});

const assignmentOf = (plan: Marked): string => `BERTH_SERVER=${markOf(plan).BERTH_SERVER}`;

/** Living processes of the plan's server. */
export const findMarked = (plan: Marked): number[] => findByEnvironment(assignmentOf(plan));

/** Kills what is left of the plan's server, and resolves when nothing is. UNDO_INCOMPLETE names what does not end. */
export async function killMarked(plan: Marked): Promise<number> {
  const killed = await killByEnvironment(assignmentOf(plan));
  removeEnclosure(plan);
  return killed;
}

/**
 * Every variable by which processes of a deployment are found; each holds a path below the deployment's directory:
 * servers, coding agents' runs, installers and their builds.
 */
const marks = ['BERTH_SERVER', 'BERTH_AGENT_RUN', 'BERTH_BUILD'] as const;

/**
 * Living processes that bear a mark of something below the directory, or are proven to work there without one; `value` is
 * the mark's path.
 */
export const findMarkedBelow = (directory: string): Assigned[] => findWith(directory + sep);

/** Kills them, and resolves when none is left. UNDO_INCOMPLETE names what does not end. */
export const killMarkedBelow = (directory: string): Promise<number> => killFound(() => findWith(directory + sep));

/** Kills those that bear this very mark. UNDO_INCOMPLETE names what does not end. */
export const killMarkedWith = (mark: string): Promise<number> => killFound(() => findWith(mark));

/** Living processes that work below the directory and may be the user's: nobody but them ends those. */
export const findUnproven = (directory: string): Placed[] =>
  findPlaced(directory + sep, bearsMark()).filter(({ isProven }) => !isProven);

const findWith = (prefix: string): Assigned[] => [
  ...findByPrefix(marks, prefix),
  ...findPlaced(prefix, bearsMark()).filter(({ isProven }) => isProven),
];

/** Another deployment's may have a file of this one's open. */
function bearsMark(): (pid: number) => boolean {
  let marked: Set<number> | undefined;
  return (pid) => {
    marked ??= new Set(findByPrefix(marks, '').map((process) => process.pid));
    return marked.has(pid);
  };
}

/** What an installer is started with that works for what lies in this directory. */
export const buildMark = (directory: string): Record<'BERTH_BUILD', string> => ({ BERTH_BUILD: join(directory, sep) });
