import type { DeploymentInfo } from '../contract/status.js';
import { BerthError } from '../errors.js';
import { undoDeployment as undoAll } from '../reconciliation/index.js';
import { keepRecord } from '../workspaces/index.js';
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
export const undoDeployment = ({ home, log, scheduled }: Dependencies) =>
  step(
    async ({ name, info }: UndoInput) => {
      const [schedules] = await Promise.allSettled([scheduled.removeSchedules(name)]);
      await undoAll(home, name);
      if (schedules.status === 'rejected') throw describeLeftSchedules(name, schedules.reason);
      if (info === undefined) return;
      // A record that cannot be written must not keep the deployment from its end.
      await keepRecord(home, info).catch((error) =>
        log(`${name}: no record is kept: ${BerthError.from(error).message}`),
      );
    },
    ({ name }) => ({ name }),
  );

function describeLeftSchedules(name: string, cause: unknown): BerthError {
  const message = `its schedules could not be removed: ${BerthError.from(cause).message}`;
  return new BerthError('UNDO_INCOMPLETE', message, { name }, { cause });
}
