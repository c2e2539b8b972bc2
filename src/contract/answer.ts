import * as z from 'zod';

/** Error of a call. `type` and `traceback` belong to the exception that the user's code raised, if it raised one. */
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

/** Part of an output, sent as soon as it is available. */
export const Chunk = z.looseObject({ status: z.literal('chunk'), output: z.unknown() });
export type Chunk = z.infer<typeof Chunk>;

/** Item of a stream: any number of chunks, then exactly one answer, the same that `run` returns. */
export const AnswerPart = z.discriminatedUnion('status', [Chunk, ...Answer.options]);
export type AnswerPart = z.infer<typeof AnswerPart>;
