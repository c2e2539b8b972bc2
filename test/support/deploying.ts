import type { DeploymentInfo, DeploymentState } from '../../src/contract/index.js';
import { DeploymentClient } from '../../src/factory/deployment-client.js';
import { type DeployOptions, prepareConfig } from '../../src/factory/prepare-config.js';
import { berthHome } from '../../src/home.js';
import { atTheEnd } from './temporary.js';

let shared: Promise<DeploymentClient> | undefined;

/** One connection for the test file, to the stack of its own home. */
export function connectOnce(): Promise<DeploymentClient> {
  if (shared === undefined) atTheEnd(async () => await (await shared?.catch(() => undefined))?.close());
  shared ??= DeploymentClient.connect();
  return shared;
}

/** Starts a deployment and returns without waiting for it. */
export async function begin(options: DeployOptions): Promise<string> {
  const config = await prepareConfig(berthHome(), options);
  await (await connectOnce()).start(config);
  return config.name;
}

/** Deploys, and resolves when it is settled. */
export async function deploy(options: DeployOptions): Promise<DeploymentInfo> {
  const name = await begin(options);
  return await (await connectOnce()).follow(name, () => {});
}

/** Resolves when the deployment reaches one of the states. */
export async function until(name: string, ...states: DeploymentState[]): Promise<DeploymentInfo> {
  const client = await connectOnce();
  for (const deadline = Date.now() + 90_000; ; ) {
    const info = await client.info(name);
    if (states.includes(info.state)) return info;
    if (Date.now() > deadline)
      throw new Error(`${name} is ${info.state}, and was awaited to be ${states.join(' or ')}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
