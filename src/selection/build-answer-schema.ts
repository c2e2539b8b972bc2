import * as z from 'zod';
import { Resources } from '../contract/resources.js';

/**
 * Builds the JSON Schema of a model's answer, in the subset that every endpoint supports for strict output: all keys are
 * required, so an unspecified resource is null. `reasoning` comes first, so that the model writes it before it chooses.
 */
export function buildAnswerSchema(names: string[]): Record<string, unknown> {
  const resourceSchemas = Object.entries(Resources.omit({ schedule: true }).shape).map(
    ([name, value]) => [name, value.unwrap().nullable()] as const,
  );
  const answer = z.strictObject({
    reasoning: z.string(),
    strategy: z.enum(names),
    resources: z.strictObject(Object.fromEntries(resourceSchemas)).nullable(),
  });
  const { $schema, ...schema } = z.toJSONSchema(answer);
  return schema;
}
