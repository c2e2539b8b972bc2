import * as z from 'zod';
import { Resources } from '../contract/resources.js';

/**
 * What a model has to answer, as JSON Schema. In the dialect that every endpoint takes for strict output: no key may be
 * absent, so what is not wished for is null. Reasons come first: they are written before the choice.
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
