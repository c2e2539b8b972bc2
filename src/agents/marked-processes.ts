import { findProcessesByVariable, killProcessesByVariable } from '../processes/processes-by-environment.js';
import { markVariable } from './agent-environment.js';

const assignmentOf = (mark: string): string => `${markVariable}=${mark}`;

/** Living processes of a run, wherever their session and their parent are. */
export const findMarked = (mark: string): number[] => findProcessesByVariable(assignmentOf(mark));

/** Kills what is left of a run until nothing is; returns how many. UNDO_INCOMPLETE names what does not end. */
export const killMarked = (mark: string): Promise<number> => killProcessesByVariable(assignmentOf(mark));
