import { buffer } from 'node:stream/consumers';
import { StringDecoder } from 'node:string_decoder';
import type { Answer } from '../../../src/contract/answer.js';
import { createErrorAnswer, streamWithCancelSource } from '../../../src/runners/call-deadline.js';
import { streamHttp } from '../../../src/runners/http/http-stream.js';
import { chooseChunkReader, forwardReplyChunks, type ReplyChunks } from '../../../src/runners/http/reply-chunks.js';
import type { CallOptions } from '../../../src/runners/runner.js';
import { describeCall, followRedirects, readModalReply, type WebCall } from './call-web.js';

/**
 * Calls a web endpoint and yields chunks: the data of each server-sent event, each line of JSON lines, and any other
 * text as the network splits it. The answer has the complete output, as in a plain call.
 */
export async function* streamWeb(
  call: WebCall,
  options: CallOptions & { timeout: number },
): AsyncGenerator<unknown, Answer> {
  const request = describeCall(call);
  if ('problem' in request) return createErrorAnswer('CALL_INPUT', request.problem);
  return yield* streamWithCancelSource(options, async function* (ending) {
    const { status, headers, body } = await followRedirects({ ...request, cancelSource: ending }, streamHttp);
    const isText = headers['content-type']?.startsWith('text/') ?? false;
    const read = chooseChunkReader(headers) ?? (isText ? readText : undefined);
    if (status === 200 && read !== undefined) return yield* forwardReplyChunks(read(body));
    return await readModalReply({ status, headers, body: await buffer(body), isComplete: true }, request);
  });
}

async function* readText(body: AsyncIterable<Buffer>): ReplyChunks {
  const decoder = new StringDecoder('utf8');
  for await (const piece of body) {
    const text = decoder.write(piece);
    if (text !== '') yield text;
  }
  return undefined;
}
