import { startTemporal } from './temporal-server.ts';

/** One Temporal server for the whole run; its address reaches the tests through the environment. */
export default async function setup(): Promise<void> {
  await startTemporal();
}
