import { openSoftware } from '../calls/open-software.js';
import { BerthError } from '../errors.js';
import { isChunk } from '../runners/answer-text.js';
import type { CallOptions } from '../runners/runner.js';
import { defineCommand } from './command.js';
import { deploymentName } from './deployment-name.js';
import { readInput } from './input.js';
import type { Output } from './output.js';
import { parseAnswer } from './parse-answer.js';
import { reportFailedAnswer } from './report-failed-answer.js';

// The hot path: no import may load zod or Temporal.

export const run = defineCommand({
  name: 'run',
  summary: 'call a deployment once and print the answer',
  arguments: {
    name: deploymentName,
    input: { label: 'JSON|@FILE|-', isRequired: false, summary: 'inputs ({} if omitted); - reads standard input' },
  },
  options: {
    stream: { flags: '--stream', kind: 'flag', summary: 'print each chunk on its own line, then the answer' },
    timeout: { flags: '--timeout <SECONDS>', kind: 'number', summary: 'limit for the call' },
    durable: { flags: '--durable', kind: 'flag', summary: 'record the call and retry it until it is answered' },
    id: { flags: '--id <ID>', kind: 'text', summary: 'ID of the durable run; the same ID returns the same answer' },
    attempts: {
      flags: '--attempts <N>',
      kind: 'count',
      summary: 'give up a durable run after N lost calls (5)',
    },
  },
  examples: [
    `berth run sentiment '{"text": "fine"}'`,
    'berth run sentiment @input.json --timeout 300',
    'berth run sentiment @input.json --durable --id review-1234',
    `berth run writer '{"topic": "rain"}' --stream`,
  ],
  async run({ arguments: { name, input }, options: { durable, stream, ...options }, output, signal }) {
    rejectConflictingOptions({ durable, stream, ...options });
    const inputs = input === undefined ? undefined : await readInput(input);
    const callOptions = { ...(options.timeout !== undefined && { timeout: options.timeout }), signal };
    const answer = durable
      ? await (await import('./run-durably.js')).runDurably({ name, inputs, ...options }, { output, signal })
      : await callOnce({ name, inputs: inputs ?? '{}', options: callOptions }, stream ? output : undefined);
    const { text, failure } = parseAnswer(answer);
    await output.line(text);
    reportFailedAnswer(output, failure, name);
    if (signal.aborted) return 130;
    return failure === undefined ? 0 : 1;
  },
});

interface OptionCombination {
  durable: boolean;
  stream: boolean;
  id: string | undefined;
  attempts: number | undefined;
}

function rejectConflictingOptions({ durable, stream, id, attempts }: OptionCombination): void {
  const refuse = (message: string) => new BerthError('USAGE', message, { command: 'run' });
  if (durable && stream) throw refuse('--durable and --stream cannot be combined: a durable run may repeat the call');
  if (durable || (id === undefined && attempts === undefined)) return;
  throw refuse(`${id === undefined ? '--attempts' : '--id'} requires --durable`);
}

interface Call {
  name: string;
  /** JSON text. */
  inputs: string;
  options: CallOptions;
}

/** Calls the deployment once; with an output for chunks, streams them. */
async function callOnce({ name, inputs, options }: Call, chunks: Output | undefined): Promise<string> {
  const software = await openSoftware(name);
  try {
    if (chunks === undefined) return await software.runText(inputs, options);
    return await writeChunks(software.streamText(inputs, options), chunks);
  } finally {
    await software.close();
  }
}

/** Writes chunks with backpressure and returns the answer that follows them. */
async function writeChunks(parts: AsyncIterable<string>, output: Output): Promise<string> {
  for await (const part of parts) {
    if (!isChunk(part)) return part;
    await output.line(part);
  }
  throw new BerthError('INTERNAL', 'the stream ended without an answer');
}
