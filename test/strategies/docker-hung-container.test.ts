/** @needs python3 container-engine */
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { ignoreMissing } from '../../src/runners/containers/index.js';
import type { DockerHandle } from '../../strategies/docker/docker-handle.js';
import { DockerRunner } from '../../strategies/docker/runner.js';
import { setUpDocker } from './docker-setup.js';
import { perlServer } from './perl-server.js';

const setup = setUpDocker('hung');

const findContainer = ({ container }: DockerHandle) => setup.engine.getContainer(container);

test('a start replaces a container that answered once and hangs', async () => {
  const { runner, plan } = await setup.makeRunner({ 'app.py': 'def predict(): return 1' });
  const first = (await runner.start({ env: {} })) as DockerHandle;
  await findContainer(first).pause();
  expect(await runner.isHealthy()).toMatchObject({ state: 'unresponsive' });
  const lines: string[] = [];
  const second = (await runner.start({ env: {}, onProgress: (line) => lines.push(line) })) as DockerHandle;
  expect(second.container).not.toBe(first.container);
  expect(await runner.run({})).toEqual({ status: 'success', output: 1 });
  expect(await ignoreMissing(findContainer(first).inspect())).toBeUndefined();
  const reason = expect.stringMatching(/^it cannot be called and is replaced: it did not answer GET \/healthz/);
  expect(lines).toContainEqual(reason);
  expect(readFileSync(plan.logFile, 'utf8').split('\n')).toContainEqual(expect.stringContaining('and is replaced'));
});

test('a start keeps a container that hangs briefly', async () => {
  const { runner } = await setup.makeRunner({ 'app.py': 'def predict(): return 1' });
  const first = (await runner.start({ env: {} })) as DockerHandle;
  await findContainer(first).pause();
  const again = runner.start({ env: {} });
  await sleep(3_000);
  await findContainer(first).unpause();
  expect(await again).toMatchObject({ container: first.container });
});

test('a start replaces a container when its own health check fails, although it answers', async () => {
  const { runner, plan } = await setup.makeRunner(
    {
      Dockerfile: `FROM python:3.11.13-slim-bookworm
COPY serve.pl /
EXPOSE 7000
HEALTHCHECK --interval=1s --retries=1 CMD test ! -e /tmp/ill
CMD ["perl", "/serve.pl"]
`,
      'serve.pl': perlServer,
    },
    { entry: '/upper' },
  );
  const first = (await runner.start({ env: {} })) as DockerHandle;
  await (await findContainer(first).exec({ Cmd: ['touch', '/tmp/ill'] })).start({});
  for (let look = 0; look < 200 && (await statusOf(first)) !== 'unhealthy'; look += 1) await sleep(100);
  expect(await runner.isHealthy()).toEqual({
    isHealthy: false,
    state: 'unresponsive',
    detail: 'the container runs, but its own health check fails',
  });
  const restarting = new DockerRunner(plan);
  const second = (await restarting.start({ env: {} })) as DockerHandle;
  expect(second.container).not.toBe(first.container);
  expect(await restarting.isHealthy()).toMatchObject({ isHealthy: true });
  await restarting.close();
});

const statusOf = async (handle: DockerHandle) => (await findContainer(handle).inspect()).State.Health?.Status;
