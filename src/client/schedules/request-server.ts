import type { Client } from '@temporalio/client';

/** Sends a request about a deployment to the server; may repeat it. Throws when there is no answer. */
export type RequestServer = <T>(name: string, operation: (client: Client) => Promise<T>) => Promise<T>;
