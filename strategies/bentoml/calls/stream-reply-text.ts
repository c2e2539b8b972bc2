import { StringDecoder } from 'node:string_decoder';
import type { HttpReply } from '../../../src/runners/http/http-call.js';
import type { HttpStream } from '../../../src/runners/http/http-stream.js';

/**
 * Yields the text of a reply as it arrives, and returns the complete reply. Does not yield the text of an error, or
 * binary data.
 */
export async function* streamReplyText({ status, headers, body }: HttpStream): AsyncGenerator<string, HttpReply> {
  const isText = status === 200 && (headers['content-type'] ?? '').startsWith('text/');
  const decoder = new StringDecoder('utf8');
  const pieces: Buffer[] = [];
  let isComplete = true;
  try {
    for await (const piece of body) {
      pieces.push(piece);
      const text = isText ? decoder.write(piece) : '';
      if (text !== '') yield text;
    }
  } catch {
    isComplete = false;
  }
  return { status, headers, body: Buffer.concat(pieces), isComplete };
}
