import type { DeploymentInfo } from '../contract/status.js';
import { BerthError } from '../errors.js';
import { undoDeploymentEffects as undoAll } from '../reconciliation/index.js';
import { writeDeploymentRecord } from '../workspaces/index.js';
import type { Dependencies } from './dependencies.js';
import { step } from './step.js';

interface UndoInput {
  name: string;
  /** As it stood when it was given up; absent in histories of an earlier shape. */
  info?: DeploymentInfo;
}

/**
 * Undoes whatever the ledger says may exist, newest first, each proven gone before it is struck out; schedules before all,
 * but a server that does not let go of them keeps nothing else alive.
 */
export const undoDeployment = ({ home, log, redeployGateway }: Dependencies) =>
  step(
    async ({ name, info }: UndoInput) => {
      const [schedules] = await Promise.allSettled([redeployGateway.removeSchedules(name)]);
      await undoAll(home, name);
      if (schedules.status === 'rejected') throw createSchedulesLeftError(name, schedules.reason);
      if (info === undefined) return;
      // A record that cannot be written must not keep the deployment from its end.
      await writeDeploymentRecord(home, info).catch((error) =>
        log(`${name}: no record is kept: ${BerthError.from(error).message}`),
      );
    },
    ({ name }) => ({ name }),
  );

function createSchedulesLeftError(name: string, cause: unknown): BerthError {
  const message = `its schedules could not be removed: ${BerthError.from(cause).message}`;
  return new BerthError('UNDO_INCOMPLETE', message, { name }, { cause });
}
