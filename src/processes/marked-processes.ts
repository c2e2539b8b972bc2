import { join, sep } from 'node:path';
import type { RunPlan } from '../contract/handle.js';
import { removeControlGroup } from './control-group.js';
import { findUnmarkedProcesses, type UnmarkedProcess } from './find-unmarked-processes.js';
import {
  findProcessesByVariable,
  findProcessesByVariablePrefix,
  killProcessesByVariable,
  killUntilGone,
  type ProcessVariable,
} from './processes-by-environment.js';

type MarkOwner = Pick<RunPlan, 'stateDirectory'>;

/**
 * The variable by which all processes of a revision's server are found, wherever their parent and their session are:
 * children inherit it. Its value follows from the plan, so that nothing has to be written down before a start.
 */
export const createProcessMark = ({ stateDirectory }: MarkOwner): Record<'BERTH_SERVER', string> => ({
  BERTH_SERVER: stateDirectory,
});

const formatMark = (plan: MarkOwner): string => `BERTH_SERVER=${createProcessMark(plan).BERTH_SERVER}`;

/** Living processes of the plan's server. */
export const findMarkedProcesses = (plan: MarkOwner): number[] => findProcessesByVariable(formatMark(plan));

/** Kills what is left of the plan's server, and resolves when nothing is. UNDO_INCOMPLETE names what does not end. */
export async function killMarkedProcesses(plan: MarkOwner): Promise<number> {
  const killed = await killProcessesByVariable(formatMark(plan));
  removeControlGroup(plan);
  return killed;
}

/**
 * Every variable by which processes of a deployment are found; each holds a path below the deployment's directory:
 * servers, coding agents' runs, installers and their builds.
 */
const markVariables = ['BERTH_SERVER', 'BERTH_AGENT_RUN', 'BERTH_BUILD'] as const;

/**
 * Living processes that bear a mark of something below the directory, or are proven to work there without one; `value` is
 * the mark's path.
 */
export const findMarkedProcessesBelow = (directory: string): ProcessVariable[] => findByMarkPrefix(directory + sep);

/** Kills them, and resolves when none is left. UNDO_INCOMPLETE names what does not end. */
export const killMarkedProcessesBelow = (directory: string): Promise<number> =>
  killUntilGone(() => findByMarkPrefix(directory + sep));

/** Kills those that bear this very mark. UNDO_INCOMPLETE names what does not end. */
export const killProcessesWithMark = (mark: string): Promise<number> => killUntilGone(() => findByMarkPrefix(mark));

/** Living processes that work below the directory and may be the user's: nobody but them ends those. */
export const findUnprovenProcesses = (directory: string): UnmarkedProcess[] =>
  findUnmarkedProcesses(directory + sep, createMarkTest()).filter(({ isProven }) => !isProven);

const findByMarkPrefix = (prefix: string): ProcessVariable[] => [
  ...findProcessesByVariablePrefix(markVariables, prefix),
  ...findUnmarkedProcesses(prefix, createMarkTest()).filter(({ isProven }) => isProven),
];

/** Another deployment's may have a file of this one's open. */
function createMarkTest(): (pid: number) => boolean {
  let marked: Set<number> | undefined;
  return (pid) => {
    marked ??= new Set(findProcessesByVariablePrefix(markVariables, '').map((process) => process.pid));
    return marked.has(pid);
  };
}

/** What an installer is started with that works for what lies in this directory. */
export const createInstallerMark = (directory: string): Record<'BERTH_BUILD', string> => ({
  BERTH_BUILD: join(directory, sep),
});
