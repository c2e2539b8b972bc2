import * as z from 'zod';
import type { Solution } from '../contract/deploy-config.js';
import type { Facts } from '../contract/facts.js';
import { Resources } from '../contract/resources.js';

export interface SelectionQuestion {
  solution: Solution;
  facts: Facts;
  /** Those that may be chosen, each with its `selector_instruction.md`. */
  strategies: { name: string; instruction: string }[];
  /** What the user has fixed; a model's wishes do not go above it. */
  resources: Resources;
  /** The answer before this one and what was wrong with it; absent the first time. */
  correction?: { answer: string; mistake: string };
  signal?: AbortSignal | undefined;
}

/** What was asked and what came, word for word. */
export interface SelectionReply {
  /** The model's name. */
  model: string;
  /** How the answer's shape was asked for: by schema, as JSON of any shape, or in words alone. */
  format: 'json_schema' | 'json_object' | 'text';
  prompt: string;
  answer: string;
}

/** A reply and what was wrong with it, as it is kept with the deployment; `mistake` is null for the answer that counts. */
export type SelectionExchange = SelectionReply & { mistake: string | null };

/** Chooses a strategy with a language model. Throws when the model cannot be reached: then the rules decide. */
export interface SelectionModel {
  readonly name: string;
  /** The answer is text as it came: what it says is checked here, not there. */
  choose(question: SelectionQuestion): Promise<SelectionReply>;
}

/** What a model has to answer; where it wishes for nothing it may say null. */
export const SelectionAnswer = z.object({
  strategy: z.string(),
  reasoning: z.string(),
  resources: z
    .record(z.string(), z.unknown())
    .nullish()
    .transform((wishes) => Object.fromEntries(Object.entries(wishes ?? {}).filter(([, wish]) => wish !== null)))
    .pipe(Resources.omit({ schedule: true })), // what runs by itself, and is paid for, is for a person to wish
});
export type SelectionAnswer = z.infer<typeof SelectionAnswer>;
