// The peers that calls are compared with: real servers that serve the same function.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import getPort from 'get-port';

const echoServer = `
import socket, sys
listener = socket.socket(socket.AF_UNIX); listener.bind(sys.argv[1]); listener.listen()
print("ready", flush=True)
connection, _ = listener.accept()
while True:
    data = connection.recv(65536)
    if not data: break
    connection.sendall(data)
`;

const fastapiApp = `
from fastapi import Body, FastAPI
app = FastAPI()
@app.post("/predict")
def predict(text: str = Body(embed=True)): return {"status": "success", "output": text}
`;

const bentoService = `
import bentoml
@bentoml.service(logging={"access": {"enabled": False}})
class Echo:
    @bentoml.api
    def predict(self, text: str) -> str: return text
`;

const computer = `
import sys
for line in sys.stdin:
    for _ in range(int(line)):
        sum(range(1000))
    print("done", flush=True)
`;

/** Creates a function that lets two processes compute concurrently and returns milliseconds. */
export function startBareProcesses(ends) {
  const children = [0, 1].map(() => spawn('python3', ['-c', computer], { stdio: ['pipe', 'pipe', 'inherit'] }));
  for (const child of children) ends.push(() => endChild(child));
  return async (amounts) => {
    const before = performance.now();
    const work = amounts.map(async (amount, index) => {
      children[index].stdin.write(`${amount}\n`);
      await once(children[index].stdout, 'data');
    });
    await Promise.all(work);
    return performance.now() - before;
  };
}

/** The lower bound: echoes bytes, without JSON and dispatch. */
export async function startEcho(directory, ends) {
  const path = join(directory, 'echo.sock');
  const child = spawn('python3', ['-c', echoServer, path], { stdio: ['ignore', 'pipe', 'inherit'] });
  ends.push(() => endChild(child));
  await once(child.stdout, 'data');
  const socket = connect(path);
  await once(socket, 'connect');
  ends.push(() => socket.destroy());
  let resolve;
  socket.on('data', (chunk) => resolve(chunk));
  return (inputs) =>
    new Promise((done) => {
      resolve = done;
      socket.write(inputs.text);
    });
}

export async function startFastapi(directory, ends) {
  await writeFile(join(directory, 'fastapi_app.py'), fastapiApp);
  const python = makeEnvironment(directory, 'fastapi', ['fastapi', 'uvicorn[standard]']);
  const port = await getPort();
  const args = [
    '-m',
    'uvicorn',
    'fastapi_app:app',
    '--port',
    String(port),
    '--no-access-log',
    '--log-level',
    'warning',
  ];
  return startHttp({ python, args, directory, port, ends });
}

export async function startBentoml(directory, ends) {
  await writeFile(join(directory, 'bento_service.py'), bentoService);
  const python = makeEnvironment(directory, 'bentoml', ['bentoml']);
  const port = await getPort();
  return startHttp({
    python,
    args: ['-m', 'bentoml', 'serve', 'bento_service:Echo', '--port', String(port)],
    directory,
    port,
    ends,
  });
}

function makeEnvironment(directory, name, packages) {
  const path = join(directory, name);
  const python = join(path, 'bin', 'python');
  execFileSync('uv', ['venv', '--quiet', path]);
  execFileSync('uv', ['pip', 'install', '--quiet', '--python', python, ...packages]);
  return python;
}

async function startHttp({ python, args, directory, port, ends }) {
  const env = { ...process.env, BENTOML_DO_NOT_TRACK: 'True', BENTOML_HOME: join(directory, 'bentoml-home') };
  const child = spawn(python, args, { cwd: directory, env, detached: true, stdio: 'ignore' });
  ends.push(() => endChild(child, true));
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  ends.push(() => agent.destroy());
  const call = (inputs) => post(agent, port, inputs);
  for (let attempt = 0; attempt < 300; attempt += 1) {
    if ((await call({ text: 'hello' }).catch(() => undefined)) !== undefined) return call;
    await sleep(100);
  }
  throw new Error(`${args.join(' ')} did not answer within 30 s`);
}

function post(agent, port, inputs) {
  const body = JSON.stringify(inputs);
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
  return new Promise((resolve, reject) => {
    const outgoing = request(
      { agent, port, host: '127.0.0.1', path: '/predict', method: 'POST', headers },
      (response) => {
        const chunks = [];
        response.on('data', (chunk) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString();
          if (response.statusCode !== 200) return reject(new Error(`${response.statusCode}: ${text}`));
          resolve(response.headers['content-type']?.startsWith('application/json') ? JSON.parse(text) : text);
        });
      },
    );
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

/** Terminates a server gracefully so that it ends its workers; a killed BentoML leaves them in their own sessions. */
async function endChild(child, isGroup = false) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  const late = setTimeout(() => process.kill(isGroup ? -child.pid : child.pid, 'SIGKILL'), 10_000);
  await gone;
  clearTimeout(late);
}
