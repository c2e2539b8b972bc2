import { findProcessesByVariable, killProcessesByVariable } from '../processes/processes-by-environment.js';
import { markVariable } from './agent-environment.js';

const formatAssignment = (mark: string): string => `${markVariable}=${mark}`;

/** Finds the running processes of a run, in any session and below any parent. */
export const findMarked = (mark: string): number[] => findProcessesByVariable(formatAssignment(mark));

/**
 * Kills the processes of a run until none is left. Returns their number.
 *
 * @throws UNDO_INCOMPLETE when a process does not end.
 */
export const killMarked = (mark: string): Promise<number> => killProcessesByVariable(formatAssignment(mark));
