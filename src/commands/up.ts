import { BerthError } from '../errors.js';
import type { TemporalTarget } from '../stack/index.js';
import { defineCommand } from './command.js';
import { describeStopped, listRunningSoftware } from './down.js';

export const up = defineCommand({
  name: 'up',
  summary: 'start the embedded Temporal server and worker',
  arguments: {},
  options: {
    foreground: { flags: '--foreground', kind: 'flag', summary: 'stay in the foreground; Ctrl-C stops both' },
  },
  handlesInterruption: true,
  examples: ['berth up', 'berth up --foreground'],
  async run({ options: { foreground }, output, signal }) {
    const { ensureStack } = await import('../stack/index.js');
    const target = await ensureStack({ needsWorker: true, onProgress: output.note });
    await requireReachableServer(target);
    if (foreground && !target.isEmbedded)
      throw new BerthError(
        'USAGE',
        `--foreground works only with the embedded server, not with ${target.address}; start a worker: berth worker`,
        {
          command: 'up',
        },
      );
    const { address, namespace, webUrl, isEmbedded } = target;
    await output.result({ address, namespace, webUrl, isEmbedded }, () => describeTarget(target));
    if (foreground) await waitInForeground(signal, output.note);
  },
});

/** Checks that a server that was already running still answers. */
async function requireReachableServer(target: TemporalTarget): Promise<void> {
  const { connectToTarget } = await import('../temporal/open-connection.js');
  const connection = await connectToTarget(target);
  await connection.close();
}

const describeTarget = ({ address, namespace, webUrl, isEmbedded }: TemporalTarget): string =>
  isEmbedded
    ? `Temporal is running at ${address}, Web UI at ${webUrl}`
    : `using the Temporal server at ${address}, namespace ${namespace}; start a worker: berth worker`;

/** Waits for Ctrl-C or SIGTERM, then stops the stack; throws when the stack ends by itself. */
async function waitInForeground(signal: AbortSignal, note: (line: string) => void): Promise<void> {
  const { stopStack, watchStack } = await import('../stack/index.js');
  const terminated = new AbortController();
  process.once('SIGTERM', () => terminated.abort());
  try {
    await watchStack(AbortSignal.any([signal, terminated.signal]));
  } finally {
    const stopped = await stopStack({ onProgress: note });
    note(describeStopped(stopped, await listRunningSoftware()));
  }
}
