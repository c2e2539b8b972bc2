import { mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type OpenAI from 'openai';
import { writeDurably } from '../home/durable-file.js';

export type Message = OpenAI.Chat.Completions.ChatCompletionMessageParam;

const sessionPath = (stateDirectory: string, session: string): string =>
  join(stateDirectory, 'sessions', `${session.replaceAll(/[^\w-]/g, '_')}.json`);

/** Returns a session's messages; null when the session does not exist. */
export async function readSession(stateDirectory: string, session: string): Promise<Message[] | null> {
  const text = await readFile(sessionPath(stateDirectory, session), 'utf8').catch(() => null);
  return text === null ? null : completeOpenCalls(JSON.parse(text) as Message[]); // only writeSession writes this file
}

/** Writes a session atomically, so that a crash keeps the earlier messages. */
export async function writeSession(stateDirectory: string, session: string, messages: Message[]): Promise<void> {
  const file = sessionPath(stateDirectory, session);
  await mkdir(dirname(file), { recursive: true });
  await writeDurably(file, JSON.stringify(messages));
}

/** Answers the calls that an interrupted run left open, because a provider refuses a session with open calls. */
function completeOpenCalls(messages: Message[]): Message[] {
  const answered = new Set(messages.flatMap((message) => (message.role === 'tool' ? [message.tool_call_id] : [])));
  return messages.flatMap((message) => {
    const calls = message.role === 'assistant' ? (message.tool_calls ?? []) : [];
    const open = calls.filter(({ id }) => !answered.has(id));
    return [message, ...open.map(({ id }): Message => ({ role: 'tool', tool_call_id: id, content: 'interrupted' }))];
  });
}

const maxSessionLength = 400_000;
const recentMessages = 12;

/** Shortens old tool output when a session would exceed a model's context window. */
export function shortenMessages(messages: Message[]): Message[] {
  if (JSON.stringify(messages).length <= maxSessionLength) return messages;
  return messages.map((message, index) => {
    const isOld = index < messages.length - recentMessages;
    if (!isOld || message.role !== 'tool' || typeof message.content !== 'string') return message;
    return {
      ...message,
      content: message.content.length > 500 ? `${message.content.slice(0, 500)}…` : message.content,
    };
  });
}
