/** @needs git python3 uv temporal mount-namespaces */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from '@jest/globals';
import type { DeploymentInfo } from '../../src/contract/index.js';
import { PrivateMounts } from '../support/private-mounts.js';
import { registerCleanup, temporaryDirectory, temporarySolution } from '../support/temporary-directories.js';
import type { Refusal } from './run-json.js';

let mounts: PrivateMounts;
beforeAll(() => {
  mounts = new PrivateMounts();
});

/** Creates a home, on a small disk of `bytes` if given. */
function enterHome(size?: string): string {
  const home = join(temporaryDirectory('berth-home-'), 'home');
  mkdirSync(home);
  if (size !== undefined) mounts.shell(`mount -t tmpfs -o size=${size} none ${home}`);
  registerCleanup(() => void mounts.berth(home, ['down']));
  return home;
}

const solution = temporarySolution({ 'main.py': 'def predict(n: int):\n    return n * 2\n' });

function berth<Value = DeploymentInfo>(home: string, ...words: string[]) {
  const { exitCode, stdout, stderr } = mounts.berth(home, [...words, '--json']);
  try {
    return { exitCode, value: JSON.parse(stdout) as Value };
  } catch {
    throw new Error(`berth ${words.join(' ')} wrote no JSON but: ${stdout}\n${stderr}`);
  }
}

const fill = (home: string) => mounts.shell(`dd if=/dev/zero of=${home}/fill bs=1k 2> /dev/null || true`);
const free = (home: string) => mounts.shell(`rm ${home}/fill`);

test('on a full disk a deployment waits, running software continues, and nothing is lost', () => {
  const home = enterHome('64m');
  expect(berth(home, 'deploy', solution, '--name', 'first')).toMatchObject({
    exitCode: 0,
    value: { state: 'running' },
  });

  fill(home);
  const failed = berth(home, 'deploy', solution, '--name', 'second');
  expect(failed).toMatchObject({ exitCode: 3, value: { state: 'waiting', lastError: { code: 'DISK_FULL' } } });
  expect(failed.value.lastError?.message).toContain('no space is left');
  expect(failed.value.lastError?.next).toContain('berth gc');
  expect(berth(home, 'run', 'first', '{"n": 2}')).toMatchObject({ exitCode: 0, value: { output: 4 } });

  free(home);
  expect(berth(home, 'resume', 'second')).toMatchObject({ exitCode: 0, value: { state: 'running' } });
  expect(berth(home, 'run', 'second', '{"n": 3}')).toMatchObject({ value: { output: 6 } });

  fill(home);
  const cleaned = berth<{ state: string }[]>(home, 'cleanup', '--all', '--yes');
  expect(cleaned.value.map(({ state }) => state)).toEqual(['cleaned', 'cleaned']);
  expect(mounts.shell(`ls ${home}/deployments ${home}/ledger`)).not.toMatch(/first|second/);
});

test('a start on a full disk fails with DISK_FULL and does not block the next one', () => {
  const home = enterHome('3m');
  for (const room of [0, 900]) {
    mounts.shell(`dd if=/dev/zero of=${home}/fill bs=1k count=${3072 - room} 2> /dev/null || true`);
    const { exitCode, value } = berth<Refusal>(home, 'up');
    expect(value.error).toMatchObject({ code: 'DISK_FULL', message: expect.stringContaining(home) });
    expect(exitCode).toBe(3);
    free(home);
  }
  mounts.shell(`mount -o remount,size=64m ${home}`);
  expect(berth(home, 'up')).toMatchObject({ exitCode: 0 });
});

test('a read-only home is refused, and its deployment continues when it is writable', () => {
  const home = enterHome();
  mounts.shell(`mount --bind ${home} ${home} && mount -o remount,ro,bind ${home}`);
  const refused = berth<Refusal>(home, 'deploy', solution, '--name', 'early');
  expect(refused).toMatchObject({ exitCode: 3, value: { error: { code: 'HOME_UNUSABLE' } } });
  expect(refused.value.error.message).toMatch(new RegExp(`${home}.*: the file system is read only`));
  mounts.shell(`umount ${home}`);

  berth(home, 'up');
  const directories = ['deployments', 'ledger'].map((name) => join(home, name));
  for (const directory of directories)
    mounts.shell(
      `mkdir -p ${directory} && mount --bind ${directory} ${directory} && mount -o remount,ro,bind ${directory}`,
    );
  const waiting = berth(home, 'deploy', solution, '--name', 'late');
  expect(waiting).toMatchObject({ exitCode: 3, value: { state: 'waiting', lastError: { code: 'HOME_UNUSABLE' } } });
  for (const directory of directories) mounts.shell(`umount ${directory}`);
  expect(berth(home, 'resume', 'late')).toMatchObject({ exitCode: 0, value: { state: 'running' } });
  expect(berth(home, 'cleanup', 'late')).toMatchObject({ exitCode: 0, value: { state: 'cleaned' } });
});
