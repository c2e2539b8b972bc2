// The solution that `berth strategies test` deploys: a POST names an action, the reply is its result.
import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';

const actions = {
  echo: ({ value }) => value,
  sleep: ({ seconds }) => sleep(seconds * 1000, seconds),
  raise: ({ value }) => {
    throw new Error(`no good: ${value}`);
  },
  leave: () => process.exit(3),
  die: () => process.kill(process.pid, 'SIGKILL'),
  print: ({ value }) => {
    console.log(value);
    return value.length;
  },
  environment: ({ name }) => process.env[name] ?? null,
  'not a number': () => ({ scores: [0.5, Number.NaN] }),
  answer: () => ({ status: 'error', error: { code: 'QUOTA', message: 'none left' } }),
  pid: () => process.pid,
};

async function respond(request) {
  if (request.method !== 'POST') return { status: 200, body: 'ready' };
  try {
    const inputs = await json(request);
    return { status: 200, body: await actions[inputs.do](inputs) };
  } catch (error) {
    return { status: 500, body: error.message };
  }
}

createServer(async (request, response) => {
  const { status, body } = await respond(request);
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}).listen(process.env.PORT, process.env.HOST);
