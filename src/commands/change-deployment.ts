import type { DeploymentClient } from '../client/deployment-client.js';
import type { DeploymentInfo } from '../contract/status.js';
import type { CommandContext } from './command.js';
import { waitInterruptibly } from './interruption.js';
import { getExitCode, renderFailure } from './report-failure.js';
import { withClient } from './with-client.js';

/** Asks a deployment for a change, waits until it is done, and says how it stands then. */
export async function changeDeployment(
  { arguments: { name }, output, signal }: CommandContext<{ name: string }>,
  step: string,
  change: (client: DeploymentClient, name: string) => Promise<DeploymentInfo>,
): Promise<number> {
  const info = await withClient(output, (client) => {
    output.progress.begin(`${step} ${name}`);
    return waitInterruptibly(change(client, name), signal, name);
  });
  output.progress.end();
  const failure = info.state === 'waiting' || info.state === 'unhealthy' ? info.lastError : null;
  if (failure !== null && !output.isJson) output.note(renderFailure(failure, output.noteColors));
  else await output.result(info, () => `${name} is ${describeState(info)}`);
  return failure === null ? 0 : getExitCode(failure.code);
}

/** `cleaned` is a word of ours; what it means is that nothing of it is left. */
const describeState = ({ state }: DeploymentInfo): string => (state === 'cleaned' ? 'gone' : state);
