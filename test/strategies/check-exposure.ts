import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { expect } from '@jest/globals';
import type { RunPlan } from '../../src/contract/handle.js';
import type { Runner } from '../../src/runners/runner.js';

/** Finds an address at which another machine would call this one; a second loopback address when there is none. */
const otherAddress = (): string =>
  Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .find(({ family, internal }) => family === 'IPv4' && !internal)?.address ?? '127.0.0.2';

const isReached = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, otherAddress());
    const end = (isOpen: boolean) => {
      socket.destroy();
      resolve(isOpen);
    };
    socket.once('connect', () => end(true)).once('error', () => end(false));
  });

/** Checks that a server listens on other interfaces only when exposed, and still answers calls of this machine. */
export async function checkExposure(make: (changes: Partial<RunPlan>) => Promise<Runner>): Promise<void> {
  const unexposed = await make({});
  const { endpoint } = await unexposed.start({ env: {} });
  expect(endpoint).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  expect(await isReached(Number(new URL(endpoint ?? '').port))).toBe(false);
  await unexposed.stop();
  const exposed = await make({ expose: '0.0.0.0' });
  const handle = await exposed.start({ env: {} });
  expect(handle.endpoint).toMatch(/^http:\/\/0\.0\.0\.0:\d+$/);
  expect(await isReached(Number(new URL(handle.endpoint ?? '').port))).toBe(true);
  expect(await exposed.isHealthy()).toMatchObject({ isHealthy: true });
  expect(await exposed.run({})).toMatchObject({ status: 'success' });
  await exposed.stop();
  const unavailable = await make({ expose: '192.0.2.1' }); // reserved for documentation: no machine has it
  await expect(unavailable.start({ env: {} })).rejects.toMatchObject({ code: 'START_FAILED' });
}
