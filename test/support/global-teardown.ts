import { rmSync } from 'node:fs';
import { stopTemporal } from './temporal-server.ts';

export default async function teardown(): Promise<void> {
  await stopTemporal();
  if (process.env.BERTH_TEST_HOME !== undefined)
    rmSync(process.env.BERTH_TEST_HOME, { recursive: true, force: true, maxRetries: 3 });
}
