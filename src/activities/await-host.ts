import { step } from './support/step.js';

/** Does nothing: its completion proves that the host has a worker. */
export const awaitHost = () => step(async (_input: { host: string }) => {});
