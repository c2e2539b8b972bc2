import type { Client } from '@temporalio/client';

/** Asks the server about a deployment. Throws the error of not having got an answer; a question may be asked twice. */
export type RequestServer = <T>(name: string, operation: (client: Client) => Promise<T>) => Promise<T>;
