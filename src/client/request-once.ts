import type { Client } from '@temporalio/client';
import { translateFailure } from '../temporal/translate-failure.js';
import type { RequestServer } from './schedules/index.js';

/** Sends requests over an open connection without retries, which activities have themselves. */
export const requestOnce =
  (client: Client): RequestServer =>
  async (name, operation) => {
    try {
      return await operation(client);
    } catch (error) {
      throw translateFailure(error, name);
    }
  };
