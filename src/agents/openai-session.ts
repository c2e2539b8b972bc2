import { mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type OpenAI from 'openai';
import { writeDurably } from '../home/durable-file.js';

export type Message = OpenAI.Chat.Completions.ChatCompletionMessageParam;

const sessionPath = (stateDirectory: string, session: string): string =>
  join(stateDirectory, 'sessions', `${session.replaceAll(/[^\w-]/g, '_')}.json`);

/** A session's messages; null when there is no such session. */
export async function readSession(stateDirectory: string, session: string): Promise<Message[] | null> {
  const text = await readFile(sessionPath(stateDirectory, session), 'utf8').catch(() => null);
  return text === null ? null : completeOpenCalls(JSON.parse(text) as Message[]); // Written below, by us alone.
}

/** Whole or not at all, so that a crash leaves the message before. */
export async function writeSession(stateDirectory: string, session: string, messages: Message[]): Promise<void> {
  const file = sessionPath(stateDirectory, session);
  await mkdir(dirname(file), { recursive: true });
  await writeDurably(file, JSON.stringify(messages));
}

/** Every call must have an answer, or the provider refuses the session; a run that was cut off left some without. */
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

/** What is sent: old output of tools is cut short when a session would outgrow a model's window. */
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
