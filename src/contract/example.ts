import * as z from 'zod';

/**
 * One example of the contract. `subset`: objects may have more keys, floats agree to 1e-6. `schema`: `output` is a JSON
 * Schema. Without `output` the call must succeed.
 */
export const GivenExample = z.strictObject({
  input: z.unknown(),
  output: z.unknown().optional(),
  match: z.enum(['exact', 'subset', 'schema']).default('subset'),
});
export type GivenExample = z.infer<typeof GivenExample>;

/** As it is recorded. */
export const Example = GivenExample.extend({
  /** `{"input":…,"output":…}` as JSON text, where JavaScript would write one of its numbers otherwise. */
  exact: z.string().optional(),
});
export type Example = z.infer<typeof Example>;
export const Examples = z.array(Example).min(1, 'holds no example');

/** What a doctest prints, as its author wrote it, and the option flags that say how exactly it is meant. */
export const DoctestOutput = z.object({ want: z.string(), options: z.array(z.string()) });
export type DoctestOutput = z.infer<typeof DoctestOutput>;

/** An example of a frozen contract. One that the repository documents says where. */
export const ContractExample = Example.extend({
  /** `README.md:12`. */
  place: z.string().optional(),
  /** In place of `output`, or beside it: the call holds where it fits one of them. */
  doctest: DoctestOutput.optional(),
});
export type ContractExample = z.infer<typeof ContractExample>;

/**
 * Who stated the contract: the user's file, or the repository itself. Nobody: `weak` where a call with the defaults
 * answers or none can be made, `none` where such a call raised.
 */
export const ContractSource = z.enum(['user', 'repository', 'weak', 'none']);
export type ContractSource = z.infer<typeof ContractSource>;

/** A call with the defaults that failed, in code that is the user's own. */
export const Probe = z.object({
  /** `CALL_FAILED`, `CALL_TIMEOUT`, or a code of the software's own. */
  code: z.string(),
  /** `ValueError: no good`. */
  raised: z.string(),
});
export type Probe = z.infer<typeof Probe>;

/** The frozen contract of a revision. */
export const Contract = z.object({
  source: ContractSource,
  examples: z.array(ContractExample),
  /** With the source `none`: made once, it is not made again. */
  probe: Probe.optional(),
});
export type Contract = z.infer<typeof Contract>;
