import type { Agent } from 'node:http';
import type { Answer } from '../contract/answer.js';
import { callFailure, withEnding } from './call-deadline.js';
import { callHttp, type HttpReply } from './http-call.js';
import type { CallOptions } from './runner.js';

export interface JsonCall extends CallOptions {
  url: string;
  inputs: unknown;
  /** Seconds. */
  timeout: number;
  agent?: Agent;
}

/** Characters of a server's refusal that are shown. */
const mostShown = 2_000;

/**
 * POSTs the inputs to a server, as JSON: what it replies with is the output, and what is not 2xx is an error. Never
 * throws for what the server does.
 */
export function callJson({ url, inputs, timeout, signal, agent }: JsonCall): Promise<Answer> {
  const headers = { 'content-type': 'application/json', accept: 'application/json' };
  return withEnding({ timeout, ...(signal && { signal }) }, async (ending) => {
    const body = JSON.stringify(inputs ?? null);
    const reply = await callHttp({ url, headers, body, ...(agent && { agent }), ending });
    return reply.isComplete
      ? readReply(reply, { method: 'POST', url })
      : callFailure('CALL_LOST', 'the server ended during the call');
  });
}

/** What a server replied as an answer: JSON as its value, all else as text; a refusal with the server's own words. */
export function readReply({ status, body, headers }: HttpReply, asked: { method: string; url: string }): Answer {
  const text = body.toString('utf8');
  const value = /\bjson\b/.test(headers['content-type'] ?? '') ? parse(text) : text;
  if (status >= 200 && status < 300) return isAnswer(value) ? value : { status: 'success', output: value };
  const code = [400, 415, 422].includes(status) ? 'CALL_INPUT' : 'CALL_FAILED';
  const request = `${asked.method} ${new URL(asked.url).pathname}`;
  return callFailure(code, `${request} was answered with ${status}: ${text.slice(0, mostShown)}`);
}

/** An answer that the software gives itself is passed on, not wrapped. */
function isAnswer(value: unknown): value is Answer {
  if (typeof value !== 'object' || value === null) return false;
  const { status, output, error } = value as Record<string, unknown>; // another system's: looked at key by key
  return (status === 'success' && output !== undefined) || (status === 'error' && typeof error === 'object');
}

function parse(text: string): unknown {
  try {
    return text === '' ? null : JSON.parse(text);
  } catch {
    return text;
  }
}
