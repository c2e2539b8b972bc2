import * as z from 'zod';
import { ContractSource, Probe } from './example.js';

/** A Python environment. Revisions with the same interpreter and locked requirements share one. */
export const Environment = z.object({
  digest: z.string(),
  path: z.string(),
  /** Absolute path of the environment's interpreter. */
  python: z.string(),
  /** For example `3.11.7`. */
  pythonVersion: z.string(),
  /**
   * Directory with the repository installed as a package, searched before the environment; null if it is no package.
   */
  packageDirectory: z.string().nullable(),
  /** Choices that Berth made for the user, as complete sentences. */
  notes: z.array(z.string()),
});
export type Environment = z.infer<typeof Environment>;

/** Base images of a revision: name → image id; null if the id is unknown. */
export const BaseImages = z.record(z.string(), z.string().nullable());
export type BaseImages = z.infer<typeof BaseImages>;

/** Inputs of a revision other than its source and configuration. Null if unknown. */
export const Foundation = z.object({
  /** Digest of the strategy's files; for a built-in strategy, of the Berth build that contains it. */
  strategy: z.string().nullable(),
  base: BaseImages.nullable(),
});
export type Foundation = z.infer<typeof Foundation>;

/** Checks of a verification, in the order in which they run. */
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
  /** Result in a few words: `3 of 3 examples`, `Python 3.11.7`. */
  note: z.string(),
});
export type VerificationCheck = z.infer<typeof VerificationCheck>;

/** A documented call that does not behave as documented. */
export const StaleCall = z.object({
  /** Index among the contract's examples. */
  example: z.number().int(),
  /** `README.md:12`. */
  place: z.string(),
  /** Input as JSON, shortened. */
  input: z.string(),
  /** `output.label: expected "good", got "bad"`. */
  problem: z.string(),
});
export type StaleCall = z.infer<typeof StaleCall>;

export const ContractReport = z.object({
  source: ContractSource,
  examples: z.number().int(),
  passed: z.number().int(),
  /** Error of the call with the defaults. Present with the source `none`. */
  probe: Probe.optional(),
  /** Documented calls that failed although the revision runs; absent when all passed. */
  stale: z.array(StaleCall).optional(),
});
export type ContractReport = z.infer<typeof ContractReport>;

/** An adapted, verified, immutable state of the workspace. Result of `verifyRevision`. */
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
  /** Foundation at the time when the revision was created; absent in histories of earlier versions. */
  foundation: Foundation.optional(),
});
export type VerifiedRevision = z.infer<typeof VerifiedRevision>;
