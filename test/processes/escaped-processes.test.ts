/** @needs python3 control-groups */
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { addToControlGroup, removeControlGroup } from '../../src/processes/control-group.js';
import { findMarkedProcessesBelow } from '../../src/processes/marked-processes.js';
import { LocalRunner } from '../../strategies/local/runner.js';
import { createLocalPlan } from '../strategies/local-plan.js';
import { registerCleanup, temporaryDirectory } from '../support/temporary-directories.js';
import { isAlive } from './is-alive.js';

/** Code of a child process that leaves its session, parent, environment and open files, and changes its directory. */
const escapingCode = `
import os, sys, time

def predict(where: str = "/"):
    reading, writing = os.pipe()
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            os.chdir(where)
            os.write(writing, str(os.getpid()).encode())
            os.closerange(0, 3)
            os.closerange(3, 4096)
            os.execve("/bin/sleep", ["sleep", "300"], {})
        os._exit(0)
    os.close(writing)
    return int(os.read(reading, 20))
`;

async function begin(deployment: string) {
  const root = join(deployment, 'revisions', 'r1');
  mkdirSync(root, { recursive: true });
  const plan = createLocalPlan(root, { 'app.py': escapingCode });
  const runner = new LocalRunner(plan);
  registerCleanup(() => runner.undo());
  const host = (await runner.start({ env: {} })) as unknown as { pid: number };
  const leave = async (where: string): Promise<number> => {
    const answer = await runner.run({ where });
    if (answer.status === 'error') throw new Error(JSON.stringify(answer.error));
    const pid = answer.output as number;
    while (readFileSync(`/proc/${pid}/environ`, 'utf8') !== '') await sleep(5);
    registerCleanup(() => {
      if (isAlive(pid)) process.kill(pid, 'SIGKILL');
    });
    return pid;
  };
  return { plan, runner, host: host.pid, leave };
}

test('a stop kills processes that left their session, parent and environment, in any working directory', async () => {
  const { runner, plan, leave } = await begin(temporaryDirectory());
  const pids = [await leave('/'), await leave(plan.directory)];
  expect(pids.map(isAlive)).toEqual([true, true]);
  await runner.undo();
  expect(pids.map(isAlive)).toEqual([false, false]);
});

test('such a process is found even when its host was killed', async () => {
  const deployment = temporaryDirectory();
  const { runner, host, leave } = await begin(deployment);
  const pid = await leave('/');
  process.kill(host, 'SIGKILL');
  while (isAlive(host)) await sleep(5);
  expect(findMarkedProcessesBelow(deployment).map((found) => found.pid)).toContain(pid);
  await runner.undo();
  expect(isAlive(pid)).toBe(false);
});

test('removing a control group also removes those without a state directory', () => {
  const [abandoned = '', other = ''] = [temporaryDirectory(), temporaryDirectory()];
  const { pid = 0 } = spawnSync('true');
  addToControlGroup(pid, { stateDirectory: abandoned }); // the process has ended
  expect(listGroups().length).toBeGreaterThan(0);
  rmSync(abandoned, { recursive: true });
  removeControlGroup({ stateDirectory: other });
  expect(listGroups().some((name) => name.includes(Buffer.from(abandoned).toString('base64url')))).toBe(false);
});

const listGroups = (): string[] => {
  const [, mount = ''] =
    /^\S+ \S+ \S+ \S+ (\S+) .*- cgroup2 /m.exec(readFileSync('/proc/self/mountinfo', 'utf8')) ?? [];
  const [, own = ''] = /^0::(.*)$/m.exec(readFileSync('/proc/self/cgroup', 'utf8')) ?? [];
  return readdirSync(join(mount, own)).filter((name) => name.startsWith('berth-'));
};

test('a caller with an open call count does not belong to the software', async () => {
  const deployment = temporaryDirectory();
  const calls = join(deployment, 'revisions', 'r1', 'state', 'calls');
  mkdirSync(calls, { recursive: true });
  const count = (file: string) => {
    const caller = spawn('/bin/sleep', ['300'], {
      env: {},
      stdio: ['ignore', openSync(file, 'w'), 'ignore'],
      detached: true,
    });
    registerCleanup(() => void caller.kill('SIGKILL'));
    return caller.pid;
  };
  const caller = count(join(calls, '1-counter'));
  const left = count(join(deployment, 'revisions', 'r1', 'state', 'output'));
  const found = findMarkedProcessesBelow(deployment).map(({ pid }) => pid);
  expect(found).toContain(left);
  expect(found).not.toContain(caller);
});
