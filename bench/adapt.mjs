// Measures Berth's own time in one round of adaptation, and the size of the prompt of a large repository.
// `npm run build && node bench/adapt.mjs`; needs the Temporal CLI. Method: bench/README.md
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const berth = join(root, 'dist', 'client.js');
const directory = mkdtempSync(join(tmpdir(), 'berth-bench-'));
const example = join(root, 'examples', 'keyword-tagger');
const code = `from pathlib import Path

from tagger import Tagger, Vocabulary

tagger = Tagger(Vocabulary.read(Path(__file__).parent / "vocabulary.json"), threshold=2)


def predict(text: str):
    return {"topics": tagger.tag(text)}
`;
const replies = [
  { tool_calls: [call('write_file', { path: 'app.py', content: code })] },
  { content: '<run_interface>{"type":"function","module":"app","callable":"predict"}</run_interface>' },
];

/** Milliseconds of the model's replies, from the last byte of a request to that of its answer. */
let modelTime = 0;
let turn = 0;
const model = createServer(async (request, response) => {
  for await (const _ of request);
  const began = performance.now();
  const reply = replies[turn++ % replies.length];
  const reason = reply.content === undefined ? 'tool_calls' : 'stop';
  response.setHeader('content-type', 'text/event-stream');
  response.write(chunk([{ index: 0, delta: { role: 'assistant', ...reply }, finish_reason: null }]));
  response.write(chunk([{ index: 0, delta: {}, finish_reason: reason }]));
  response.write(chunk([], { usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 } }));
  response.end('data: [DONE]\n\n');
  modelTime += performance.now() - began;
});
await new Promise((resolve) => model.listen(0, '127.0.0.1', resolve));
const env = {
  ...process.env,
  BERTH_HOME: join(directory, 'home'),
  OPENAI_BASE_URL: `http://127.0.0.1:${model.address().port}/v1`,
  OPENAI_API_KEY: 'scripted',
  OPENAI_MODEL: 'scripted',
};

try {
  await measureRounds(7);
  await measurePrompt(10_000);
} finally {
  await runBerth('cleanup', '--all', '--yes');
  await runBerth('down');
  model.close();
  rmSync(directory, { recursive: true, force: true });
}

async function measureRounds(count) {
  const times = [];
  for (let index = 0; index < count; index += 1) {
    modelTime = 0;
    const argv = ['--name', `round-${index}`, '--strategy', 'local', '--agent', 'openai', '--json'];
    const info = JSON.parse(await runBerth('deploy', example, ...argv));
    const { startedAt, finishedAt } = info.steps.find(({ step }) => step === 'adaptWorkspace');
    times.push(Date.parse(finishedAt) - Date.parse(startedAt) - modelTime);
  }
  console.log(`one round, without the model’s time: median ${median(times).toFixed(0)} ms of ${count}`);
}

async function measurePrompt(files) {
  const large = join(directory, 'large');
  for (let index = 0; index < files; index += 1) {
    const parent = join(large, `package_${index % 100}`);
    mkdirSync(parent, { recursive: true });
    writeFileSync(
      join(parent, `module_${index}.py`),
      `"""Module ${index}."""\n\n\ndef step_${index}(value):\n    return value\n`,
    );
  }
  const began = performance.now();
  const prompt = await runBerth('deploy', large, '--strategy', 'local', '--show-prompt');
  const seconds = (performance.now() - began) / 1000;
  console.log(
    `prompt of ${files} files: ${Math.round(prompt.length / 4)} tokens (4 characters each), ${seconds.toFixed(2)} s as a whole command`,
  );
}

function call(name, input) {
  return { index: 0, id: `call-${name}`, type: 'function', function: { name, arguments: JSON.stringify(input) } };
}

function chunk(choices, more = {}) {
  const event = { id: 'x', object: 'chat.completion.chunk', created: 0, model: 'scripted', choices, ...more };
  return `data: ${JSON.stringify(event)}\n\n`;
}

/** Runs asynchronously, because the model answers from this process. */
function runBerth(...argv) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [berth, ...argv], { env });
    let [output, errors] = ['', ''];
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (errors += chunk));
    child.on('close', (status) =>
      status === 0 ? resolve(output) : reject(new Error(`berth ${argv.join(' ')} exited with ${status}\n${errors}`)),
    );
  });
}

function median(values) {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)];
}
