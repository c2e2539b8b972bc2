import * as z from 'zod';
import type { Solution } from '../contract/deploy-config.js';
import type { Facts } from '../contract/facts.js';
import { Resources } from '../contract/resources.js';

export interface SelectionQuestion {
  solution: Solution;
  facts: Facts;
  /** Strategies to choose from, each with its `selector_instruction.md`. */
  strategies: { name: string; instruction: string }[];
  /** Resources that the user specified; they take precedence over the model's. */
  resources: Resources;
  /** The previous answer and the mistake in it; absent in the first question. */
  correction?: { answer: string; mistake: string };
  signal?: AbortSignal | undefined;
}

/** A prompt and the answer to it, verbatim. */
export interface SelectionReply {
  /** The model's name. */
  model: string;
  /** Form in which the answer was requested: by JSON schema, as any JSON object, or only in the prompt. */
  format: 'json_schema' | 'json_object' | 'text';
  prompt: string;
  answer: string;
}

/** A reply as recorded with the deployment. `mistake` is null for the answer that was used. */
export type SelectionExchange = SelectionReply & { mistake: string | null };

/** A language model that chooses a strategy. */
export interface SelectionModel {
  readonly name: string;
  /**
   * Returns the answer as unchecked text.
   *
   * @throws any error when the model cannot be reached: then the rules decide
   */
  choose(question: SelectionQuestion): Promise<SelectionReply>;
}

/** The answer of a model; null means an unspecified resource. */
export const SelectionAnswer = z.object({
  strategy: z.string(),
  reasoning: z.string(),
  resources: z
    .record(z.string(), z.unknown())
    .nullish()
    .transform((values) => Object.fromEntries(Object.entries(values ?? {}).filter(([, value]) => value !== null)))
    .pipe(Resources.omit({ schedule: true })), // only a person may schedule runs that cost money
});
export type SelectionAnswer = z.infer<typeof SelectionAnswer>;
