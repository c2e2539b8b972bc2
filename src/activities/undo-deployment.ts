import type { DeploymentInfo } from '../contract/status.js';
import { BerthError } from '../errors.js';
import { undoDeploymentEffects as undoAll } from '../reconciliation/index.js';
import { writeDeploymentRecord } from '../workspaces/index.js';
import type { Dependencies } from './support/dependencies.js';
import { step } from './support/step.js';

interface UndoInput {
  name: string;
  /** The deployment before its undo, for the record. */
  info: DeploymentInfo;
}

/**
 * Undoes the effects in the ledger, newest first, and removes each entry when its effect is verified to be gone. Removes
 * schedules first; a server that fails to do so prevents no other undo.
 */
export const undoDeployment = ({ home, log, redeployGateway }: Dependencies) =>
  step(
    async ({ name, info }: UndoInput) => {
      const [schedules] = await Promise.allSettled([redeployGateway.removeSchedules(name)]);
      await undoAll(home, name);
      if (schedules.status === 'rejected') throw createSchedulesLeftError(name, schedules.reason);
      // A record that cannot be written must not block the cleanup.
      await writeDeploymentRecord(home, info).catch((error) =>
        log(`${name}: cannot write its record: ${BerthError.from(error).message}`),
      );
    },
    ({ name }) => ({ name }),
  );

function createSchedulesLeftError(name: string, cause: unknown): BerthError {
  const message = `its schedules could not be removed: ${BerthError.from(cause).message}`;
  return new BerthError('UNDO_INCOMPLETE', message, { name }, { cause });
}
