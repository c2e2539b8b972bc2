import * as z from 'zod';

/** The tag that a source's history has last, and the commits since then. */
export const SourceVersion = z.object({ tag: z.string(), distance: z.number().int().nonnegative() });
export type SourceVersion = z.infer<typeof SourceVersion>;
