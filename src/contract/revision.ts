import * as z from 'zod';
import { ContractSource, Probe } from './example.js';

/** A Python environment, shared by content: same interpreter, same locked requirements, same environment. */
export const Environment = z.object({
  digest: z.string(),
  path: z.string(),
  /** Absolute path of the environment's interpreter. */
  python: z.string(),
  /** For example `3.11.7`. */
  pythonVersion: z.string(),
  /** Directory of the revision's own installed package, put before the environment's; null when it is not a package. */
  packageDirectory: z.string().nullable(),
  /** Choices that the user did not make, in whole sentences. */
  notes: z.array(z.string()),
});
export type Environment = z.infer<typeof Environment>;

/** What a revision is built on: each image by its name, with its id; null where the id is not known. */
export const BaseImages = z.record(z.string(), z.string().nullable());
export type BaseImages = z.infer<typeof BaseImages>;

/** What a revision is made of beside its source and its configuration. Null is what cannot be told. */
export const Foundation = z.object({
  /** Digest of the strategy's files, of a built-in one of the Berth that it is a part of. */
  strategy: z.string().nullable(),
  base: BaseImages.nullable(),
});
export type Foundation = z.infer<typeof Foundation>;

/** The ladder of checks, lowest first. */
export const VerificationCheckName = z.enum([
  'structure',
  'syntax',
  'install',
  'import',
  'contract locally',
  'start',
  'ready',
  'contract at the endpoint',
]);
export type VerificationCheckName = z.infer<typeof VerificationCheckName>;

export const VerificationCheck = z.object({
  name: VerificationCheckName,
  passed: z.boolean(),
  milliseconds: z.number(),
  /** What was found, in a few words: `3 of 3 examples`, `Python 3.11.7`. */
  note: z.string(),
});
export type VerificationCheck = z.infer<typeof VerificationCheck>;

/** A call that the repository documents and that does not do what is documented. */
export const StaleCall = z.object({
  /** Index among the contract's examples. */
  example: z.number().int(),
  /** `README.md:12`. */
  place: z.string(),
  /** The input as JSON, shortened. */
  input: z.string(),
  /** `output.label: expected "good", got "bad"`. */
  problem: z.string(),
});
export type StaleCall = z.infer<typeof StaleCall>;

export const ContractReport = z.object({
  source: ContractSource,
  examples: z.number().int(),
  passed: z.number().int(),
  /** With the source `none`: what a call with the defaults raised. */
  probe: Probe.optional(),
  /** Documented calls that failed although the revision runs; absent where all passed. */
  stale: z.array(StaleCall).optional(),
});
export type ContractReport = z.infer<typeof ContractReport>;

/** An adapted, verified, immutable state of the workspace: what `verifyRevision` hands on. */
export const VerifiedRevision = z.object({
  id: z.string().regex(/^r\d+$/),
  /** Digest of the tree and of the environment. */
  digest: z.string(),
  directory: z.string(),
  commit: z.string(),
  environment: Environment.nullable(),
  checks: z.array(VerificationCheck),
  contract: ContractReport,
  notes: z.array(z.string()),
  /** As it was when the revision was made; absent in histories of an earlier shape. */
  foundation: Foundation.optional(),
});
export type VerifiedRevision = z.infer<typeof VerifiedRevision>;
