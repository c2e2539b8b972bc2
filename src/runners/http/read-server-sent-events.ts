import { StringDecoder } from 'node:string_decoder';
import { createParser, type EventSourceMessage } from 'eventsource-parser';

/** Yields the server-sent events of a body as they arrive. */
export async function* readServerSentEvents(body: AsyncIterable<Buffer>): AsyncGenerator<EventSourceMessage> {
  const decoder = new StringDecoder('utf8');
  const events: EventSourceMessage[] = [];
  const parser = createParser({ onEvent: (event) => events.push(event) });
  for await (const piece of body) {
    parser.feed(decoder.write(piece));
    yield* events.splice(0);
  }
}
