import { changeRevision } from './change-revision.js';
import { defineCommand } from './command.js';
import { deploymentName } from './deployment-name.js';

export const rollback = defineCommand({
  name: 'rollback',
  summary: 'roll back to a kept revision: code, configuration and secrets',
  arguments: { name: deploymentName },
  options: {
    to: { flags: '--to <REVISION>', kind: 'text', summary: 'revision to roll back to (the previous one)' },
    wait: { flags: '--no-wait', kind: 'flag', summary: 'return as soon as the change is requested' },
  },
  examples: ['berth rollback ocr', 'berth rollback ocr --to r3'],
  async run({ arguments: { name }, options: { to, wait }, output, signal }) {
    const input = { name, isAwaited: wait, output, signal };
    return await changeRevision(input, (client) => client.rollBack(name, to ?? null));
  },
});
