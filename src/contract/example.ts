import * as z from 'zod';

/**
 * An example of the contract. `subset`: objects may have more keys, and floats agree to 1e-6. `schema`: `output` is a
 * JSON Schema. Without `output`, the call only has to succeed.
 */
export const GivenExample = z.strictObject({
  input: z.unknown(),
  output: z.unknown().optional(),
  match: z.enum(['exact', 'subset', 'schema']).default('subset'),
});
export type GivenExample = z.infer<typeof GivenExample>;

/** An example as it is recorded. */
export const Example = GivenExample.extend({
  /** `{"input":…,"output":…}` as JSON text, if JavaScript would write one of its numbers differently. */
  exact: z.string().optional(),
});
export type Example = z.infer<typeof Example>;
export const Examples = z.array(Example).min(1, 'holds no example');

/** Expected output of a doctest as written, and the option flags of its comparison. */
export const DoctestOutput = z.object({ want: z.string(), options: z.array(z.string()) });
export type DoctestOutput = z.infer<typeof DoctestOutput>;

/** An example of a frozen contract. */
export const ContractExample = Example.extend({
  /** `README.md:12`, for an example that the repository documents. */
  place: z.string().optional(),
  /** Replaces `output`, or adds to it: the output has to match one of them. */
  doctest: DoctestOutput.optional(),
});
export type ContractExample = z.infer<typeof ContractExample>;

/**
 * Source of the contract: the user's file or the repository. Without either: `weak` if a call with the defaults
 * succeeds or no such call is possible, `none` if such a call raises.
 */
export const ContractSource = z.enum(['user', 'repository', 'weak', 'none']);
export type ContractSource = z.infer<typeof ContractSource>;

/** A call with the defaults that failed in the user's code. */
export const Probe = z.object({
  /** `CALL_FAILED`, `CALL_TIMEOUT`, or a code that the software defines. */
  code: z.string(),
  /** `ValueError: no good`. */
  raised: z.string(),
});
export type Probe = z.infer<typeof Probe>;

/** The frozen contract of a revision. */
export const Contract = z.object({
  source: ContractSource,
  examples: z.array(ContractExample),
  /** Present with the source `none`. The probe is made once and not repeated. */
  probe: Probe.optional(),
});
export type Contract = z.infer<typeof Contract>;
