import { tokensPerReply, writeByShell } from './turn.js';
import { eventStream, json, refusalWords, type Spoken, type Wire } from './wire.js';

const usage = {
  input_tokens: tokensPerReply.input,
  output_tokens: tokensPerReply.output,
  total_tokens: tokensPerReply.input + tokensPerReply.output,
};

/** `POST /v1/responses`, for Codex with a model that it does not know: one tool, for commands. */
export const openaiResponses: Wire = {
  speaksAtOnce: false,
  takesTurn: ({ method, path, body }) =>
    method === 'POST' && path.startsWith('/v1/responses') && Array.isArray(body.tools) && body.tools.length > 0,
  encode: (turns) => {
    const id = `resp_${Math.random().toString(36).slice(2)}`;
    return eventStream([
      event('response.created', { response: { id } }),
      event('response.output_item.done', { output_index: 0, item: encodeItem(turns[0] as Spoken) }),
      event('response.completed', { response: { id, usage } }),
    ]);
  },
  encodeAside: () => json({ object: 'list', data: [], models: [] }),
  encodeRefusal: (status) => ({
    error: { message: refusalWords(status), type: 'invalid_request_error', param: null, code: null },
  }),
};

const event = (type: string, data: object): string => `event: ${type}\ndata: ${JSON.stringify({ type, ...data })}`;

function encodeItem(turn: Spoken): object {
  if (turn.kind === 'say')
    return { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: turn.text }] };
  const cmd = turn.kind === 'run' ? turn.command : writeByShell(turn);
  const call = { name: 'exec_command', arguments: JSON.stringify({ cmd, yield_time_ms: 30_000 }) };
  return { type: 'function_call', call_id: `call_${Math.random().toString(36).slice(2)}`, ...call };
}
