import * as z from 'zod';

/**
 * One example of the contract. `subset`: objects may have more keys, floats agree to 1e-6. `schema`: `output` is a JSON
 * Schema. Without `output` the call must succeed.
 */
export const Example = z.strictObject({
  input: z.unknown(),
  output: z.unknown().optional(),
  match: z.enum(['exact', 'subset', 'schema']).default('subset'),
});
export type Example = z.infer<typeof Example>;
export const Examples = z.array(Example).min(1, 'holds no example');

/** Where the examples come from: the user's file, the repository itself, or nowhere (`weak`: the call returns JSON). */
export const ContractSource = z.enum(['user', 'repository', 'weak']);
export type ContractSource = z.infer<typeof ContractSource>;

/** The frozen contract of a deployment. */
export const Contract = z.object({ source: ContractSource, examples: z.array(Example) });
export type Contract = z.infer<typeof Contract>;
