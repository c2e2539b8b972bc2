/** @needs temporal */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { MockActivityEnvironment } from '@temporalio/testing';
import type { Dependencies } from '../../src/activities/index.js';
import { undoDeployment } from '../../src/activities/undo-deployment.js';
import { RedeployGateway } from '../../src/client/schedules/index.js';
import { BerthError } from '../../src/errors.js';
import { deploymentDirectory } from '../../src/home/home.js';
import { Ledger } from '../../src/workspaces/index.js';
import { createDeploymentInfo } from '../commands/recording-stream.js';
import { temporaryHome, writeTree } from '../support/temporary-directories.js';

test('a failure to remove schedules prevents no other undo, and is reported', async () => {
  const home = temporaryHome();
  const { root } = deploymentDirectory(home, 'left');
  const ledger = new Ledger(home, 'left');
  await ledger.enter({ id: 'deployment', kind: 'directory', path: root });
  writeTree(root, { 'workspace/main.py': 'X = 1\n' });
  const redeployGateway = new RedeployGateway(() => Promise.reject(new BerthError('SERVER_UNREACHABLE', 'it is away')));
  const undo = undoDeployment({
    home,
    redeployGateway,
    log: () => {},
  } as Partial<Dependencies> as Dependencies);
  await expect(
    new MockActivityEnvironment().run(undo, { name: 'left', info: createDeploymentInfo({ name: 'left' }) }),
  ).rejects.toMatchObject({
    type: 'UNDO_INCOMPLETE',
    message: 'its schedules could not be removed: it is away',
  });
  expect(existsSync(join(root, 'workspace'))).toBe(false);
});
