import { tokensPerReply } from './turn.js';
import { eventStream, json, refusalWords, type Spoken, type Wire } from './wire.js';

const usageMetadata = {
  promptTokenCount: tokensPerReply.input,
  candidatesTokenCount: tokensPerReply.output,
  totalTokenCount: tokensPerReply.input + tokensPerReply.output,
};

/** `POST …:streamGenerateContent`, for the Gemini CLI. */
export const gemini: Wire = {
  speaksAtOnce: false,
  takesTurn: ({ method, path, body }) =>
    method === 'POST' && path.includes(':streamGenerateContent') && Array.isArray(body.tools) && body.tools.length > 0,
  encode: (turns) => eventStream([`data: ${JSON.stringify(encodeCandidate(encodePart(turns[0] as Spoken)))}`]),
  encodeAside: ({ path }) => {
    if (path.includes(':countTokens')) return json({ totalTokens: 1 });
    const reply = encodeCandidate({ text: '{"next_speaker":"user","reasoning":"done","complexity_score":1}' });
    return path.includes(':streamGenerateContent') ? eventStream([`data: ${JSON.stringify(reply)}`]) : json(reply);
  },
  encodeRefusal: (status) => ({
    error: { code: status, message: refusalWords(status), status: statuses[status] ?? 'INTERNAL' },
  }),
};

const statuses: Record<number, string> = { 401: 'UNAUTHENTICATED', 429: 'RESOURCE_EXHAUSTED' };

const encodeCandidate = (part: object) => ({
  candidates: [{ index: 0, content: { role: 'model', parts: [part] }, finishReason: 'STOP' }],
  usageMetadata,
  modelVersion: 'scripted',
});

function encodePart(turn: Spoken): object {
  if (turn.kind === 'say') return { text: turn.text };
  const id = Math.random().toString(36).slice(2);
  return turn.kind === 'write'
    ? { functionCall: { id, name: 'write_file', args: { file_path: turn.path, content: turn.content } } }
    : {
        functionCall: {
          id,
          name: 'run_shell_command',
          args: { command: turn.command, description: 'as the script says' },
        },
      };
}
