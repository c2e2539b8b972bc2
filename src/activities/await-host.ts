import { step } from './step.js';

/** Nothing to do: that it is done says that the host has a worker. */
export const awaitHost = () => step(async (_asked: { host: string }) => {});
