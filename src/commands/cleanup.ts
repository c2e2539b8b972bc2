import type { DeploymentClient } from '../client/deployment-client.js';
import type { DeploymentInfo } from '../contract/status.js';
import { BerthError } from '../errors.js';
import { type CommandContext, defineCommand } from './command.js';
import { confirm, hasTerminal } from './confirmation.js';
import { deploymentName } from './deployment-name.js';
import { waitInterruptibly } from './interruption.js';
import type { Output } from './output.js';
import { renderFailure } from './report-failure.js';
import { withClient } from './with-client.js';

export const cleanup = defineCommand({
  name: 'cleanup',
  summary: 'remove a deployment and everything made for it',
  arguments: { name: { ...deploymentName, isRequired: false } },
  options: {
    all: { flags: '--all', kind: 'flag', summary: 'remove every deployment' },
    yes: { flags: '-y, --yes', kind: 'flag', summary: 'remove every deployment without asking' },
  },
  async run({ arguments: { name }, options: { all, yes }, output, signal }) {
    if (all === (name !== undefined)) throw new BerthError('USAGE', 'give the name of a deployment, or --all');
    const isConfirmationNeeded = all && !yes;
    if (isConfirmationNeeded) requireTerminal();
    return await withClient(output, async (client) => {
      const names = name === undefined ? (await client.list()).map((listed) => listed.name) : [name];
      if (isConfirmationNeeded && names.length > 0 && !(await isRemovalConfirmed(names, signal))) return 1;
      return name === undefined
        ? await removeAll(client, names, { output, signal })
        : await removeOne(client, name, { output, signal });
    });
  },
});

type OutputContext = Pick<CommandContext, 'output' | 'signal'>;

function requireTerminal(): void {
  if (!hasTerminal()) throw new BerthError('USAGE', 'no terminal to ask for confirmation: add --yes');
}

function isRemovalConfirmed(names: string[], signal: AbortSignal): Promise<boolean> {
  const target = names.length === 1 ? names[0] : `${names.length} deployments (${names.join(', ')})`;
  return confirm(`Remove ${target}, with revisions, workspace and logs?`, signal);
}

async function removeOne(client: DeploymentClient, name: string, context: OutputContext): Promise<number> {
  const info = await remove(client, name, context);
  await context.output.result(info, () => `removed ${name}`);
  return 0;
}

/** Removes all; one that fails does not stop the others. */
async function removeAll(client: DeploymentClient, names: string[], context: OutputContext): Promise<number> {
  const { output } = context;
  const removed: DeploymentInfo[] = [];
  const failures: BerthError[] = [];
  for (const name of names) {
    try {
      removed.push(await remove(client, name, context));
    } catch (thrown) {
      const failure = BerthError.from(thrown);
      if (failure.code === 'INTERRUPTED') throw failure;
      failures.push(failure);
      reportRemovalFailure(output, failure);
    }
  }
  await output.result(removed, () =>
    renderRemoved(
      removed.map(({ name }) => name),
      failures.length,
    ),
  );
  return failures[0]?.exitCode ?? 0;
}

/** Renders the names of removed deployments; a failed removal is not “nothing to remove”. */
export function renderRemoved(names: readonly string[], failureCount: number): string {
  if (names.length > 0) return names.map((name) => `removed ${name}`).join('\n');
  return failureCount === 0 ? 'nothing to remove' : 'nothing was removed';
}

async function remove(
  client: DeploymentClient,
  name: string,
  { output, signal }: OutputContext,
): Promise<DeploymentInfo> {
  output.progress.begin(`cleanup ${name}`);
  try {
    return await waitInterruptibly(client.cleanup(name), signal, name);
  } finally {
    output.progress.end();
  }
}

const reportRemovalFailure = (output: Output, { code, message, next, details }: BerthError): void =>
  output.note(
    renderFailure(
      { code, message, next, evidence: details.fullEvidence ?? details.evidence ?? null },
      output.noteColors,
    ),
  );
