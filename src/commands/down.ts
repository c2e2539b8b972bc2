import type { StoppedStack } from '../stack/index.js';
import { defineCommand } from './command.js';

export const down = defineCommand({
  name: 'down',
  summary: 'stop the worker and the embedded server; deployed software keeps running',
  arguments: {},
  options: {},
  async run({ output }) {
    const { stopStack } = await import('../stack/index.js');
    const stopped = await stopStack({ onProgress: output.note });
    await output.result(stopped, () => describeStopped(stopped));
  },
});

function describeStopped({ worker, server }: StoppedStack): string {
  const names = [worker ? 'the worker' : null, server ? 'the Temporal server' : null].filter((name) => name !== null);
  return names.length === 0 ? 'nothing was running' : `stopped ${names.join(' and ')}; deployed software keeps running`;
}
