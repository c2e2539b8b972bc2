// A thread that parses one document and answers with its value as JSON: what takes long, or for ever, holds up nobody.
import { parentPort, workerData } from 'node:worker_threads';
import { parse as parseToml } from 'smol-toml';
import { LineCounter, parseDocument } from 'yaml';

const { format, text, maxBytes } = workerData;
parentPort.postMessage(format === 'toml' ? readToml() : readYaml());

function readToml() {
  try {
    return answer(parseToml(text));
  } catch (error) {
    return { line: error.line, problem: error.message };
  }
}

function readYaml() {
  const lines = new LineCounter();
  try {
    const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
    const [error] = document.errors;
    if (error !== undefined) return { line: lines.linePos(error.pos[0]).line, problem: error.message };
    return answer(document.toJS() ?? {});
  } catch (error) {
    return { problem: error.message };
  }
}

function answer(value) {
  const json = JSON.stringify(value, (_, item) => (typeof item === 'bigint' ? Number(item) : item));
  return json.length > maxBytes ? { problem: `it holds more than ${maxBytes} bytes` } : { json };
}
