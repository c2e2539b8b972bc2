export { anthropicMessages } from './anthropic-messages.js';
export { gemini } from './gemini.js';
export { openaiChat, openaiChatPlain } from './openai-chat.js';
export { openaiResponses } from './openai-responses.js';
export { type ScriptedEndpoint, startEndpoint } from './scripted-endpoint.js';
export { hang, refuse, run, say, type Turn, tokensPerReply, write } from './turn.js';
export type { RecordedRequest, Wire } from './wire.js';
