import { tokensPerReply } from './turn.js';
import { eventStream, json, type RecordedRequest, type Reply, refusalWords, type Spoken, type Wire } from './wire.js';

const usage = {
  prompt_tokens: tokensPerReply.input,
  completion_tokens: tokensPerReply.output,
  total_tokens: tokensPerReply.input + tokensPerReply.output,
};

const isChat = ({ method, path }: RecordedRequest): boolean =>
  method === 'POST' && path.startsWith('/v1/chat/completions');

const encodeRefusal = (status: number): unknown => ({
  error: { message: refusalWords(status), type: 'invalid_request_error', param: null, code: codes[status] ?? null },
});

const codes: Record<number, string> = { 401: 'invalid_api_key', 429: 'rate_limit_exceeded' };

/** `POST /v1/chat/completions` with tools, for opencode and Berth's own agent. */
export const openaiChat: Wire = {
  speaksAtOnce: false,
  takesTurn: (request) => isChat(request) && Array.isArray(request.body.tools) && request.body.tools.length > 0,
  encode: (turns, request) => encodeReply(encodeDelta(turns[0] as Spoken, request), request),
  encodeAside: (request) =>
    isChat(request) ? encodeReply({ content: 'ok' }, request) : json({ object: 'list', data: [] }),
  encodeRefusal,
};

/** `POST /v1/chat/completions` without tools, for aider: a single reply contains the edits as blocks. */
export const openaiChatPlain: Wire = {
  ...openaiChat,
  speaksAtOnce: true,
  takesTurn: isChat,
  encode: (turns, request) => encodeReply({ content: turns.map(encodeText).join('\n\n') }, request),
};

function encodeReply(delta: { content?: string; tool_calls?: object[] }, { body }: RecordedRequest): Reply {
  const finish = delta.tool_calls === undefined ? 'stop' : 'tool_calls';
  const base = { id: 'chatcmpl-1', created: 0, model: body.model };
  if (body.stream !== true) {
    const choice = { index: 0, message: { role: 'assistant', content: null, ...delta }, finish_reason: finish };
    return json({ ...base, object: 'chat.completion', choices: [choice], usage });
  }
  const chunk = (choices: object[], extra = {}) =>
    `data: ${JSON.stringify({ ...base, object: 'chat.completion.chunk', choices, ...extra })}`;
  return eventStream([
    chunk([{ index: 0, delta: { role: 'assistant', content: '' }, finish_reason: null }]),
    chunk([{ index: 0, delta, finish_reason: null }]),
    chunk([{ index: 0, delta: {}, finish_reason: finish }]),
    chunk([], { usage }),
    'data: [DONE]',
  ]);
}

function encodeDelta(turn: Spoken, { body }: RecordedRequest): { content?: string; tool_calls?: object[] } {
  if (turn.kind === 'say') return { content: turn.text };
  const offered: string[] = body.tools.map((tool: { function: { name: string } }) => tool.function.name);
  const [name, input] = offered.includes('write_file') ? encodeBerthCall(turn) : encodeOpencodeCall(turn);
  const call = { name, arguments: JSON.stringify(input) };
  return {
    tool_calls: [{ index: 0, id: `call_${Math.random().toString(36).slice(2)}`, type: 'function', function: call }],
  };
}

const encodeBerthCall = (turn: Exclude<Spoken, { kind: 'say' }>): [string, object] =>
  turn.kind === 'write'
    ? ['write_file', { path: turn.path, content: turn.content }]
    : ['run_command', { command: turn.command }];

const encodeOpencodeCall = (turn: Exclude<Spoken, { kind: 'say' }>): [string, object] =>
  turn.kind === 'write'
    ? ['write', { filePath: turn.path, content: turn.content }]
    : ['bash', { command: turn.command, description: 'as the script says' }];

function encodeText(turn: Spoken): string {
  if (turn.kind === 'say') return turn.text;
  return turn.kind === 'write' ? `${turn.path}\n\`\`\`\n${turn.content.replace(/\n$/, '')}\n\`\`\`` : '';
}
