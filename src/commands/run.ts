import { openSoftware } from '../factory/open-software.js';
import { defineCommand } from './command.js';
import { deploymentName } from './deployment-name.js';
import { noteFailedAnswer } from './failed-answer.js';
import { readInput } from './input.js';

// The hot command: nothing that it imports may load zod or Temporal.

export const run = defineCommand({
  name: 'run',
  summary: 'call a deployment once and write its answer',
  arguments: {
    name: deploymentName,
    input: { label: 'JSON|@FILE|-', isRequired: false, summary: 'its inputs, {} when left out; - is standard input' },
  },
  options: {
    timeout: { flags: '--timeout <SECONDS>', kind: 'number', summary: 'how long the call may take' },
  },
  examples: [`berth run sentiment '{"text": "fine"}'`, 'berth run sentiment @input.json --timeout 300'],
  async run({ arguments: { name, input }, options: { timeout }, output, signal }) {
    const inputs = await readInput(input ?? '{}');
    const software = await openSoftware(name);
    try {
      const answer = await software.run(inputs, { ...(timeout !== undefined && { timeout }), signal });
      await output.line(JSON.stringify(answer));
      noteFailedAnswer(output, answer, name);
      if (signal.aborted) return 130;
      return answer.status === 'success' ? 0 : 1;
    } finally {
      await software.close();
    }
  },
});
