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
 * Returns the variable that marks all processes of a revision's server, regardless of their parent and session: child
 * processes inherit it. Its value is derived from the plan, so a start has nothing to record first.
 */
export const createProcessMark = ({ stateDirectory }: MarkOwner): Record<'BERTH_SERVER', string> => ({
  BERTH_SERVER: stateDirectory,
});

const formatMark = (plan: MarkOwner): string => `BERTH_SERVER=${createProcessMark(plan).BERTH_SERVER}`;

/** Finds running processes of the plan's server. */
export const findMarkedProcesses = (plan: MarkOwner): number[] => findProcessesByVariable(formatMark(plan));

/**
 * Kills the remaining processes of the plan's server, and resolves when there are none.
 *
 * @throws UNDO_INCOMPLETE when processes do not end. The message names them.
 */
export async function killMarkedProcesses(plan: MarkOwner): Promise<number> {
  const killed = await killProcessesByVariable(formatMark(plan));
  removeControlGroup(plan);
  return killed;
}

/**
 * Variables that mark the processes of a deployment: servers, runs of coding agents, installers and their builds. Each
 * contains a path below the deployment's directory.
 */
const markVariables = ['BERTH_SERVER', 'BERTH_AGENT_RUN', 'BERTH_BUILD'] as const;

/**
 * Finds running processes that have a mark below the directory, or are proven to work there without one. `value` is the
 * mark's path.
 */
export const findMarkedProcessesBelow = (directory: string): ProcessVariable[] => findByMarkPrefix(directory + sep);

/**
 * Kills the processes below the directory, and resolves when there are none.
 *
 * @throws UNDO_INCOMPLETE when processes do not end. The message names them.
 */
export const killMarkedProcessesBelow = (directory: string): Promise<number> =>
  killUntilGone(() => findByMarkPrefix(directory + sep));

/**
 * Kills the processes that have exactly this mark.
 *
 * @throws UNDO_INCOMPLETE when processes do not end. The message names them.
 */
export const killProcessesWithMark = (mark: string): Promise<number> => killUntilGone(() => findByMarkPrefix(mark));

/** Finds running processes that work below the directory and may be the user's. Berth never kills them. */
export const findUnprovenProcesses = (directory: string): UnmarkedProcess[] =>
  findUnmarkedProcesses(directory + sep, createMarkTest()).filter(({ isProven }) => !isProven);

const findByMarkPrefix = (prefix: string): ProcessVariable[] => [
  ...findProcessesByVariablePrefix(markVariables, prefix),
  ...findUnmarkedProcesses(prefix, createMarkTest()).filter(({ isProven }) => isProven),
];

/** Excludes marked processes of another deployment, which may have a file of this one open. */
function createMarkTest(): (pid: number) => boolean {
  let marked: Set<number> | undefined;
  return (pid) => {
    marked ??= new Set(findProcessesByVariablePrefix(markVariables, '').map((process) => process.pid));
    return marked.has(pid);
  };
}

/** Returns the variable that marks an installer that works for this directory. */
export const createInstallerMark = (directory: string): Record<'BERTH_BUILD', string> => ({
  BERTH_BUILD: join(directory, sep),
});
