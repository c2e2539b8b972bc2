import type { Client } from '@temporalio/client';
import type { Ask } from '../schedules/index.js';
import { translateFailure } from './translate-failure.js';

/** Over a connection that is there, without another try: that is what a step's retries are for. */
export const askOnce =
  (client: Client): Ask =>
  async (name, question) => {
    try {
      return await question(client);
    } catch (error) {
      throw translateFailure(error, name);
    }
  };
