import type { DeploymentClient } from '../client/deployment-client.js';
import type { RequestedChange } from '../contract/change.js';
import type { DeploymentInfo } from '../contract/status.js';
import type { CommandContext } from './command.js';
import { waitInterruptibly } from './interruption.js';
import { filterNewSteps, watchDeployment } from './watch-deployment.js';
import { withClient } from './with-client.js';
import { writeChangeOutcome } from './write-outcome.js';

interface ChangeInput extends Pick<CommandContext, 'output' | 'signal'> {
  name: string;
  isAwaited: boolean;
}

/** Requests a redeploy or rollback, shows its progress, and prints the result. Returns the exit code. */
export async function changeRevision(
  { name, isAwaited, output, signal }: ChangeInput,
  request: (client: DeploymentClient) => Promise<RequestedChange>,
): Promise<number> {
  const { id, info } = await withClient(output, async (client) => {
    const previous = await client.info(name);
    const { id } = await request(client);
    const current = await client.info(name);
    if (!output.isJson) reportOtherChanges(id, current, (line) => output.note(output.noteColors.dim(line)));
    if (!isAwaited) return { id, info: current };
    const follow = (report: (info: DeploymentInfo) => void) =>
      waitInterruptibly(client.followChange(name, id, filterNewSteps(previous, report), { signal }), signal, name);
    return { id, info: await watchDeployment(name, output, follow) };
  });
  output.progress.end();
  if (isAwaited) return await writeChangeOutcome(info, id, output);
  await output.result(info, () => `requested ${id}; follow it: berth status ${name} --watch`);
  return 0;
}

/** Reports the change that this one waits for, and the queued change that it replaced. */
function reportOtherChanges(
  id: string,
  { change, next, changes }: DeploymentInfo,
  report: (line: string) => void,
): void {
  const replaced = changes.find(({ outcome, note }) => outcome === 'superseded' && note.startsWith(`${id} `));
  if (replaced !== undefined) report(`${id} replaces ${replaced.id}, requested by ${replaced.by}`);
  if (next?.id === id && change !== null && change.state !== 'waiting')
    report(`${id} is queued behind ${change.id} (${change.kind} by ${change.by}, ${change.state})`);
}
