import { stopTemporal } from './temporal-server.ts';

export default async function teardown(): Promise<void> {
  await stopTemporal();
}
