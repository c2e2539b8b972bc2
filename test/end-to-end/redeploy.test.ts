/** @needs git python3 uv temporal */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import type { DeploymentInfo } from '../../src/contract/status.js';
import { runBin } from '../support/bin.js';
import { temporarySolution } from '../support/temporary-directories.js';
import { temporaryStack } from '../support/temporary-stack.js';

const home = temporaryStack();
const berth = (...words: string[]) => runBin(words, { env: { BERTH_HOME: home.root } });
const answering = (version: number) => `def predict():\n    return ${version}\n`;

test('a user redeploys, shows the status, rolls back, and abandons a failed change', async () => {
  const source = temporarySolution({ 'main.py': answering(1) });
  expect(await berth('deploy', source, '--name', 'life')).toMatchObject({ exitCode: 0 });

  const same = await berth('redeploy', 'life');
  expect(same).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('nothing differs from r1') });

  writeFileSync(join(source, 'main.py'), answering(2));
  const second = await berth('redeploy', 'life', '--json', '--bake', '0');
  expect(JSON.parse(second.stdout) as DeploymentInfo).toMatchObject({ state: 'running', revision: 'r2', change: null });
  expect(await berth('run', 'life')).toMatchObject({ stdout: expect.stringContaining('"output":2') });

  const back = await berth('rollback', 'life');
  expect(back).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('running (local, r1)') });
  const nowhere = await berth('rollback', 'life', '--to', 'r9', '--json');
  expect(nowhere.exitCode).toBe(2);
  expect(JSON.parse(nowhere.stdout)).toMatchObject({
    error: { code: 'STATE_CONFLICT', message: expect.stringContaining('kept revisions: r2') },
  });

  writeFileSync(join(source, 'main.py'), 'def predict():\n    """>>> predict()\n    1"""\n    return nothing\n');
  const failed = await berth('redeploy', 'life', '--agent', 'none');
  expect(failed.exitCode).toBe(1);
  expect(failed.stderr).toContain('CONTRACT_FAILED');
  expect(failed.stderr).toContain('r1 is still serving; give up the change: berth abandon life');
  expect(await berth('abandon', 'life')).toMatchObject({
    exitCode: 0,
    stdout: expect.stringContaining('life is running'),
  });
  expect(await berth('redeploy', 'life', join(source, 'missing'))).toMatchObject({ exitCode: 2 });
  expect(await berth('run', 'life')).toMatchObject({ stdout: expect.stringContaining('"output":1') });
  expect(await berth('cleanup', 'life', '--yes')).toMatchObject({ exitCode: 0 });
});
