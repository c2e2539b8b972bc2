import type { RunPlan } from '../contract/handle.js';
import { findByEnvironment, killByEnvironment } from './processes-by-environment.js';

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
export const killMarked = (plan: Marked): Promise<number> => killByEnvironment(assignmentOf(plan));
