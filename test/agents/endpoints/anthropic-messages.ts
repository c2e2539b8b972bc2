import { tokensPerReply } from './turn.js';
import { eventStream, json, refusalWords, type Spoken, type Wire } from './wire.js';

const usage = { input_tokens: tokensPerReply.input, output_tokens: tokensPerReply.output };

/** `POST /v1/messages`, for Claude Code. */
export const anthropicMessages: Wire = {
  speaksAtOnce: false,
  takesTurn: ({ method, path, body }) =>
    method === 'POST' && path.startsWith('/v1/messages?') && Array.isArray(body.tools) && body.tools.length > 0,
  encode: (turns, request) => encodeReply(turns[0] as Spoken, request.body.model),
  encodeAside: ({ path, body }) => {
    if (path.includes('count_tokens')) return json({ input_tokens: 1 });
    return body.stream === true ? encodeReply({ kind: 'say', text: 'ok' }, body.model) : json(plainMessage(body.model));
  },
  encodeRefusal: (status) => ({
    type: 'error',
    error: { type: errorTypes[status] ?? 'api_error', message: refusalWords(status) },
  }),
};

const errorTypes: Record<number, string> = {
  401: 'authentication_error',
  429: 'rate_limit_error',
  529: 'overloaded_error',
};

const plainMessage = (model: string) => ({
  id: 'msg_aside',
  type: 'message',
  role: 'assistant',
  model,
  content: [{ type: 'text', text: 'ok' }],
  stop_reason: 'end_turn',
  usage: { input_tokens: 0, output_tokens: 0 },
});

function encodeReply(turn: Spoken, model: string) {
  const [block, delta] = encodeBlock(turn);
  const message = {
    id: `msg_${Math.random()}`,
    type: 'message',
    role: 'assistant',
    model,
    content: [],
    stop_reason: null,
  };
  return eventStream([
    event('message_start', { message: { ...message, usage: { ...usage, output_tokens: 1 } } }),
    event('content_block_start', { index: 0, content_block: block }),
    event('content_block_delta', { index: 0, delta }),
    event('content_block_stop', { index: 0 }),
    event('message_delta', { delta: { stop_reason: turn.kind === 'say' ? 'end_turn' : 'tool_use' }, usage }),
    event('message_stop', {}),
  ]);
}

const event = (type: string, data: object): string => `event: ${type}\ndata: ${JSON.stringify({ type, ...data })}`;

function encodeBlock(turn: Spoken): [object, object] {
  if (turn.kind === 'say')
    return [
      { type: 'text', text: '' },
      { type: 'text_delta', text: turn.text },
    ];
  const [name, input] =
    turn.kind === 'write'
      ? ['Write', { file_path: turn.path, content: turn.content }]
      : ['Bash', { command: turn.command, description: 'as the script says' }];
  const block = { type: 'tool_use', id: `toolu_${Math.random().toString(36).slice(2)}`, name, input: {} };
  return [block, { type: 'input_json_delta', partial_json: JSON.stringify(input) }];
}
