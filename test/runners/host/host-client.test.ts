import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { encodeFrames, FrameReader } from '../../../src/runners/host/frames.js';
import { HostClient } from '../../../src/runners/host/host-client.js';
import { readStream } from '../../support/read-stream.js';
import { registerCleanup, temporaryDirectory } from '../../support/temporary-directories.js';

/** Creates a client of a server that replies to each request with this text. */
async function createClientOfReply(text: string): Promise<HostClient> {
  const socket = join(temporaryDirectory(), 'socket');
  const server = createServer((connection) => {
    registerCleanup(() => void connection.destroy());
    const reader = new FrameReader();
    connection.on('data', (data) => {
      let frame = reader.add(data);
      // A call has a second frame, its inputs.
      for (let isCall = false; frame !== undefined; frame = reader.next()) {
        if (!isCall && frame.includes('"type":"call"')) isCall = true;
        else connection.write(encodeFrames(text));
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  const client = new HostClient({ socket, timeout: 5 });
  registerCleanup(() => {
    client.close();
    server.close();
  });
  return client;
}

const noAnswers = [
  '{}',
  '{"output":1}',
  'null',
  '7',
  '"success"',
  '[]',
  'no JSON',
  '',
  '{"status":"success"}',
  '{"status":"done","output":1}',
  '{"status":null,"output":1}',
  '{"status":"error"}',
  '{"status":"error","error":null}',
  '{"status":"error","error":{"message":"no code"}}',
];

test.each(noAnswers)('the reply %j is refused: its callers get an error', async (text) => {
  const client = await createClientOfReply(text);
  const refused = {
    status: 'error',
    error: { code: 'CALL_OUTPUT', message: expect.stringContaining(`sent an invalid answer: ${text}`) },
  };
  expect(await client.call({})).toEqual(refused);
  expect(JSON.parse(await client.callText('{}'))).toEqual(refused);
  expect((await readStream(client.stream({}))).answer).toEqual(refused);
  expect(JSON.parse((await client.streamText('{}').next()).value)).toEqual(refused);
  const reply = await client.acquireTurn({ mayWait: true, timeout: 5 });
  expect(['answer', 'lost']).toContain(reply.status);
});

test.each([
  '{"status":"success","output":null}',
  '{"output":1,"status":"success","more":2}',
  '{"status": "error", "error": {"code": "MINE", "message": "", "more": 1}}',
])('the answer %s is passed on unchanged', async (text) => {
  const client = await createClientOfReply(text);
  expect(await client.call({})).toEqual(JSON.parse(text));
  expect(await client.callText('{}')).toBe(text);
  expect((await readStream(client.stream({}))).answer).toEqual(JSON.parse(text));
});
