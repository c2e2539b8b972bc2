import type { Answer, AnswerPart } from '../contract/answer.js';
import { BerthError } from '../errors.js';
import { openSoftware } from '../factory/open-software.js';
import { defineCommand } from './command.js';
import { deploymentName } from './deployment-name.js';
import { noteFailedAnswer } from './failed-answer.js';
import { readInput } from './input.js';
import type { Output } from './output.js';

// The hot command: nothing that it imports may load zod or Temporal.

export const run = defineCommand({
  name: 'run',
  summary: 'call a deployment once and write its answer',
  arguments: {
    name: deploymentName,
    input: { label: 'JSON|@FILE|-', isRequired: false, summary: 'its inputs, {} when left out; - is standard input' },
  },
  options: {
    stream: { flags: '--stream', kind: 'flag', summary: 'write each chunk on a line as it comes, then the answer' },
    timeout: { flags: '--timeout <SECONDS>', kind: 'number', summary: 'how long the call may take' },
  },
  examples: [
    `berth run sentiment '{"text": "fine"}'`,
    'berth run sentiment @input.json --timeout 300',
    `berth run writer '{"topic": "rain"}' --stream`,
  ],
  async run({ arguments: { name, input }, options: { timeout, stream }, output, signal }) {
    const inputs = await readInput(input ?? '{}');
    const software = await openSoftware(name);
    try {
      const options = { ...(timeout !== undefined && { timeout }), signal };
      const answer = stream
        ? await writeChunks(software.stream(inputs, options), output)
        : await software.run(inputs, options);
      await output.line(JSON.stringify(answer));
      noteFailedAnswer(output, answer, name);
      if (signal.aborted) return 130;
      return answer.status === 'success' ? 0 : 1;
    } finally {
      await software.close();
    }
  },
});

/** Writes chunks as they come, no faster than they are read; what follows them is the answer. */
async function writeChunks(parts: AsyncIterable<AnswerPart>, output: Output): Promise<Answer> {
  for await (const part of parts) {
    if (part.status !== 'chunk') return part;
    await output.line(JSON.stringify(part));
  }
  throw new BerthError('INTERNAL', 'the stream ended without an answer');
}
