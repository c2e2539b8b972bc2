import type { DeploymentClient } from '../client/deployment-client.js';
import type { DeploymentInfo } from '../contract/status.js';
import type { CommandContext } from './command.js';
import { waitInterruptibly } from './interruption.js';
import { getExitCode, renderFailure } from './report-failure.js';
import { withClient } from './with-client.js';

/** Changes the state of a deployment, waits for the result, and prints the new state. Returns the exit code. */
export async function changeDeployment(
  { arguments: { name }, output, signal }: CommandContext<{ name: string }>,
  verb: string,
  change: (client: DeploymentClient, name: string) => Promise<DeploymentInfo>,
): Promise<number> {
  const info = await withClient(output, (client) => {
    output.progress.begin(`${verb} ${name}`);
    return waitInterruptibly(change(client, name), signal, name);
  });
  output.progress.end();
  const failure = info.state === 'waiting' || info.state === 'unhealthy' ? info.lastError : null;
  if (failure !== null && !output.isJson) output.note(renderFailure(failure, output.noteColors));
  else await output.result(info, () => `${name} is ${describeState(info)}`);
  return failure === null ? 0 : getExitCode(failure.code);
}

/** Describes the state for a person; `cleaned` means that nothing is left. */
const describeState = ({ state }: DeploymentInfo): string => (state === 'cleaned' ? 'removed' : state);
