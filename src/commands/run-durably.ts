import { answerInvalidInputs } from '../runners/answer-invalid-inputs.js';
import type { CommandContext } from './command.js';
import { waitInterruptibly } from './interruption.js';
import { withClient } from './with-client.js';

interface DurableRunInput {
  name: string;
  /** As JSON text. Undefined: those of the run that is on record by that id. */
  inputs: string | undefined;
  id: string | undefined;
  timeout: number | undefined;
  attempts: number | undefined;
}

/** Ctrl-C ends the waiting only: asked for again by its id, the run has the same answer. */
export async function runDurably(
  { name, inputs, id, timeout, attempts }: DurableRunInput,
  { output, signal }: Pick<CommandContext, 'output' | 'signal'>,
): Promise<string> {
  const options = { ...(id && { id }), ...(timeout && { timeout }), ...(attempts && { attempts }) };
  return await withClient(output, async ({ runs }) => {
    const run = await runs.startText(name, inputs, options).catch(answerInvalidInputs);
    if ('status' in run) return JSON.stringify(run);
    const again = `berth run ${name} --durable --id ${run.id}`;
    output.note(output.noteColors.dim(`recorded as ${run.webUrl ?? run.id}; its answer again: ${again}`));
    return await waitInterruptibly(runs.waitForAnswerText(run, { signal }), signal, `run ${run.id} of ${name}`, again);
  });
}
