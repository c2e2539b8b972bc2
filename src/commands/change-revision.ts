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

/** Asks for another revision, shows how it is brought up, and says what callers reach then. Returns the exit code. */
export async function changeRevision(
  { name, isAwaited, output, signal }: ChangeInput,
  request: (client: DeploymentClient) => Promise<RequestedChange>,
): Promise<number> {
  const { id, info } = await withClient(output, async (client) => {
    const before = await client.info(name);
    const { id } = await request(client);
    const after = await client.info(name);
    if (!output.isJson) reportOtherChanges(id, after, (line) => output.note(output.noteColors.dim(line)));
    if (!isAwaited) return { id, info: after };
    const follow = (report: (info: DeploymentInfo) => void) =>
      waitInterruptibly(client.followChange(name, id, filterNewSteps(before, report), { signal }), signal, name);
    return { id, info: await watchDeployment(name, output, follow) };
  });
  output.progress.end();
  if (isAwaited) return await writeChangeOutcome(info, id, output);
  await output.result(info, () => `${id} is asked for; follow it: berth status ${name} --watch`);
  return 0;
}

/** Whose turn it is, and whose place was taken. */
function reportOtherChanges(id: string, { change, next, changes }: DeploymentInfo, say: (line: string) => void): void {
  const replaced = changes.find(({ outcome, note }) => outcome === 'superseded' && note.startsWith(`${id} `));
  if (replaced !== undefined) say(`${id} takes the place of ${replaced.id}, asked for by ${replaced.by}`);
  if (next?.id === id && change !== null && change.state !== 'waiting')
    say(`${id} waits for its turn: ${change.id} (${change.kind}, by ${change.by}) is ${change.state}`);
}
