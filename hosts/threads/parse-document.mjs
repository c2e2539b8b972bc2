// Parses one document in a worker thread and posts its value as JSON, so that slow parsing does not block the process.
import { parentPort, workerData } from 'node:worker_threads';
import { parse as parseToml } from 'smol-toml';
import { LineCounter, parseDocument } from 'yaml';

const { format, text, maxBytes } = workerData;
parentPort.postMessage(format === 'toml' ? readToml() : readYaml());

function readToml() {
  try {
    return answer(parseToml(text));
  } catch (error) {
    return { line: error.line, problem: describe(error) };
  }
}

function readYaml() {
  const lines = new LineCounter();
  try {
    const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
    const [error] = document.errors;
    if (error !== undefined) return { line: lines.linePos(error.pos[0]).line, problem: describe(error) };
    return answer(document.toJS() ?? {});
  } catch (error) {
    return { problem: describe(error) };
  }
}

function answer(value) {
  const json = JSON.stringify(value, (_, item) => (typeof item === 'bigint' ? Number(item) : item));
  return json.length > maxBytes ? { problem: `its value is larger than ${maxBytes} bytes` } : { json };
}

function describe({ message }) {
  return message.includes('Maximum call stack size exceeded') ? 'it is nested too deeply' : message;
}
