import * as z from 'zod';

/** What is wrong with a call. `type` and `traceback` are the user's code's own, where it was its exception. */
export const AnswerError = z.looseObject({
  code: z.string(),
  message: z.string(),
  type: z.string().optional(),
  traceback: z.string().optional(),
});
export type AnswerError = z.infer<typeof AnswerError>;

export const Answer = z.discriminatedUnion('status', [
  z.looseObject({ status: z.literal('success'), output: z.unknown() }),
  z.looseObject({ status: z.literal('error'), error: AnswerError }),
]);
export type Answer = z.infer<typeof Answer>;

/** A piece of an output, as soon as it is there. */
export const Chunk = z.looseObject({ status: z.literal('chunk'), output: z.unknown() });
export type Chunk = z.infer<typeof Chunk>;

/** What a stream is made of: any number of chunks, and at the end exactly one answer, the same that `run` gives. */
export const AnswerPart = z.discriminatedUnion('status', [Chunk, ...Answer.options]);
export type AnswerPart = z.infer<typeof AnswerPart>;
