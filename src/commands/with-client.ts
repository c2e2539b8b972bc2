import type { DeploymentClient } from '../client/deployment-client.js';
import type { Output } from './output.js';

/** Connects to Temporal, runs the work, and closes the connection. */
export async function withClient<T>(output: Output, work: (client: DeploymentClient) => Promise<T>): Promise<T> {
  const { DeploymentClient } = await import('../client/deployment-client.js');
  const client = await DeploymentClient.connect({ onProgress: (line) => output.note(output.noteColors.dim(line)) });
  try {
    return await work(client);
  } finally {
    await client.close();
  }
}
