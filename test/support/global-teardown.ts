import { stopTemporal } from './temporal-server.js';

export default async function teardown(): Promise<void> {
  await stopTemporal();
}
