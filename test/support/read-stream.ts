import type { Answer } from '../../src/contract/answer.js';

/** Reads a stream completely: its chunks and its answer. */
export async function readStream(
  stream: AsyncGenerator<unknown, Answer>,
): Promise<{ chunks: unknown[]; answer: Answer }> {
  const chunks: unknown[] = [];
  for (;;) {
    const { done, value } = await stream.next();
    if (done) return { chunks, answer: value };
    chunks.push(value);
  }
}
