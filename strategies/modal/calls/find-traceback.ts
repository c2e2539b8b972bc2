import { setTimeout as sleep } from 'node:timers/promises';
import type { FunctionCall } from 'modal';

export interface LoggedFailure {
  type: string;
  message: string;
  traceback: string;
}

const heading = 'Traceback (most recent call last):';
/** Milliseconds that a traceback may take to appear in the call's log, and between two checks. */
const logTimeout = 3_000;
const interval = 200;
const searchedEntries = 200;
const maxTracebackLength = 20_000;
/** Directory of the code in Modal's containers. */
const codeDirectory = '/root/';

/** Finds the failure of a call in its log: the SDK reports the exception, the container prints its traceback. */
export async function findTraceback(call: FunctionCall, signal: AbortSignal): Promise<LoggedFailure | undefined> {
  for (const deadline = Date.now() + logTimeout; !signal.aborted && Date.now() < deadline; await sleep(interval)) {
    let text = '';
    for await (const { message } of call.logs.tail({ entries: searchedEntries })) text += message;
    const found = readTraceback(text);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Reads the last complete exception of a text, from the first frame in the code on. */
export function readTraceback(text: string): LoggedFailure | undefined {
  const lines = text.split('\n');
  const head = lines.lastIndexOf(heading);
  const end = lines.findIndex((line, index) => index > head && line !== '' && !line.startsWith(' '));
  if (head === -1 || end === -1) return undefined;
  const messageLines = lines.slice(end);
  const [name = '', ...words] = messageLines.join('\n').trimEnd().split(': ');
  const first = lines.findIndex((line, index) => index > head && line.includes(`File "${codeDirectory}`));
  const relevant = [heading, ...lines.slice(first === -1 || first > end ? head + 1 : first, end), ...messageLines];
  const traceback = relevant
    .join('\n')
    .replaceAll(`File "${codeDirectory}`, 'File "')
    .trimEnd()
    .slice(-maxTracebackLength);
  return { type: name.split('.').at(-1) ?? name, message: words.join(': '), traceback };
}
