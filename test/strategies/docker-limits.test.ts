/** @needs python3 container-engine */
import { expect, test } from '@jest/globals';
import type Docker from 'dockerode';
import type { Resources } from '../../src/contract/resources.js';
import { BerthError } from '../../src/errors.js';
import { findEngineAddress, openEngine } from '../../src/runners/containers/index.js';
import { chooseLimits } from '../../strategies/docker/container/choose-limits.js';
import { describeContainer } from '../../strategies/docker/container/describe-container.js';
import { parseDockerInterface } from '../../strategies/docker/docker-interface.js';
import { setUpDocker } from './docker-setup.js';

const setup = setUpDocker('limits');
const files = { 'app.py': 'def predict(): return 1' };

/** Changes how the tests' engine describes itself, like an engine of another machine. */
async function describedAs(changes: object): Promise<Docker> {
  const engine = await openEngine(findEngineAddress());
  const information = await engine.info();
  engine.info = () => Promise.resolve({ ...information, ...changes });
  return engine;
}

async function choose(resources: Resources, changes: object) {
  const { plan } = await setup.makeRunner(files, { resources });
  const software = parseDockerInterface(plan.runInterface);
  const { limits, notes } = await chooseLimits(await describedAs(changes), plan, software);
  const request = { plan, software, image: 'any', port: 8000, host: '127.0.0.1', token: 'drawn', env: {} };
  const { HostConfig } = describeContainer({ ...request, limits, isReadOnly: true });
  return { HostConfig, notes };
}

const nvidia = { Runtimes: { runc: {}, nvidia: {} } };

test('a number of GPUs is passed on', async () => {
  expect(await choose({ gpu: '2' }, nvidia)).toMatchObject({
    HostConfig: { DeviceRequests: [{ Count: 2, Capabilities: [['gpu']] }] },
    notes: [],
  });
});

test('a type of GPU means all GPUs of the engine, and a note says that the type is not enforced', async () => {
  expect(await choose({ gpu: 'T4' }, nvidia)).toMatchObject({
    HostConfig: { DeviceRequests: [{ Count: -1, Capabilities: [['gpu']] }] },
    notes: ['the type of the gpu (T4) is not enforced here: the software gets all that the engine has'],
  });
});

test('an engine without GPUs passes none on, and a note says so', async () => {
  const { HostConfig, notes } = await choose({ gpu: '1' }, { Runtimes: { runc: {} } });
  expect(HostConfig).not.toHaveProperty('DeviceRequests');
  expect(notes).toEqual([expect.stringContaining('the engine offers none')]);
});

test.each(['CpuCfsQuota', 'CpuCfsPeriod'])(
  'an engine without %s does not limit cpu, and a line says so',
  async (name) => {
    const { HostConfig, notes } = await choose({ cpu: 1 }, { [name]: false });
    expect(HostConfig).not.toHaveProperty('NanoCpus');
    expect(notes).toEqual(['the engine cannot bound cpu: the software may use every core']);
  },
);

test.each<[Resources, RegExp]>([
  [{ memory: '1Mi' }, /minimum memory limit/i],
  [{ cpu: 0.001 }, /cgroup/],
])('resources that the engine refuses are RESOURCE_INVALID, with its message: %j', async (resources, words) => {
  const { runner } = await setup.makeRunner(files, { resources });
  const error: unknown = await runner.start({ env: {} }).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(BerthError);
  expect(error).toMatchObject({ code: 'RESOURCE_INVALID', message: expect.stringMatching(words) });
});

test('any other refusal of the engine fails the start', async () => {
  const Dockerfile = 'FROM python:3.11.13-slim-bookworm\nEXPOSE 80\nUSER nobody-here\nCMD ["sleep", "9"]\n';
  const { runner } = await setup.makeRunner({ Dockerfile }, { entry: '/upper', resources: { memory: '64Mi' } });
  const error: unknown = await runner.start({ env: {} }).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({
    code: 'START_FAILED',
    message: expect.stringContaining('unable to find user nobody-here'),
  });
});
