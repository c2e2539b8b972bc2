import type { Client } from '@temporalio/client';
import { translateFailure } from '../temporal/translate-failure.js';
import type { RequestServer } from './schedules/index.js';

/** Over a connection that is there, without another try: that is what a step's retries are for. */
export const requestOnce =
  (client: Client): RequestServer =>
  async (name, operation) => {
    try {
      return await operation(client);
    } catch (error) {
      throw translateFailure(error, name);
    }
  };
