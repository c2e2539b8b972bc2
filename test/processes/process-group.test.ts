import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from '@jest/globals';
import { listGroupMembers, stopProcessGroup } from '../../src/processes/process-group.js';
import { identifyProcess, type ProcessIdentity } from '../../src/processes/process-identity.js';

async function startGroup(script: string): Promise<ProcessIdentity> {
  const child = spawn('sh', ['-c', script], { detached: true, stdio: ['ignore', 'pipe', 'ignore'] });
  await once(child.stdout, 'data');
  return identifyProcess(child.pid as number) as ProcessIdentity;
}

test('a group with a leader that ignores the signal is killed after the grace period, with all its members', async () => {
  const leader = await startGroup('trap "" TERM; sleep 60 & echo ready; while :; do sleep 1; done');
  const before = Date.now();
  await stopProcessGroup(leader, 0.3);
  expect(Date.now() - before).toBeGreaterThanOrEqual(300);
  expect(listGroupMembers(leader.pid)).toEqual([]);
  await stopProcessGroup(leader, 0.3);
});

test('members that outlive their leader are killed', async () => {
  const leader = await startGroup('sleep 60 & echo ready; sleep 0.2');
  while (identifyProcess(leader.pid) !== null) await new Promise((resolve) => setTimeout(resolve, 20));
  expect(listGroupMembers(leader.pid)).toHaveLength(1);
  await stopProcessGroup(leader, 0);
  expect(listGroupMembers(leader.pid)).toEqual([]);
});

test('another process that has the pid by now is left alone', async () => {
  const stranger = await startGroup('echo ready; sleep 60');
  await stopProcessGroup({ pid: stranger.pid, startedAt: 'another life' }, 0);
  expect(identifyProcess(stranger.pid)).toEqual(stranger);
  await stopProcessGroup(stranger, 0);
});
