import { answerInvalidInputs } from '../runners/answer-invalid-inputs.js';
import type { CommandContext } from './command.js';
import { waitInterruptibly } from './interruption.js';
import { withClient } from './with-client.js';

interface DurableRunInput {
  name: string;
  /** JSON text; undefined for the inputs of the recorded run with this ID. */
  inputs: string | undefined;
  id: string | undefined;
  timeout: number | undefined;
  attempts: number | undefined;
}

/** Records a run and waits for its answer. Ctrl-C ends only the wait: the same ID returns the same answer later. */
export async function runDurably(
  { name, inputs, id, timeout, attempts }: DurableRunInput,
  { output, signal }: Pick<CommandContext, 'output' | 'signal'>,
): Promise<string> {
  const options = { ...(id && { id }), ...(timeout && { timeout }), ...(attempts && { attempts }) };
  return await withClient(output, async ({ runs }) => {
    const run = await runs.startText(name, inputs, options).catch(answerInvalidInputs);
    if ('status' in run) return JSON.stringify(run);
    const command = `berth run ${name} --durable --id ${run.id}`;
    output.note(output.noteColors.dim(`recorded as ${run.webUrl ?? run.id}; to get the answer again: ${command}`));
    return await waitInterruptibly(
      runs.waitForAnswerText(run, { signal }),
      signal,
      `run ${run.id} of ${name}`,
      command,
    );
  });
}
