// Calls over TLS in a process that trusts the authority in NODE_EXTRA_CA_CERTS. Prints the results as JSON.
import { createJiti } from 'jiti';

const jiti = createJiti(import.meta.url);
const { callHttp, createKeepAliveAgent } = await jiti.import('../../src/runners/http/http-call.ts');
const { readLines, streamHttp } = await jiti.import('../../src/runners/http/http-stream.ts');
const { proxiedFetch } = await jiti.import('../../src/network/proxied-fetch.ts');

const kinds = {
  call: async (url) => (await callHttp({ url })).body.toString(),
  keepAlive: async (url) => {
    const agent = await createKeepAliveAgent(url, 5_000);
    const bodies = [];
    for (let call = 0; call < 3; call += 1) bodies.push((await callHttp({ url, agent, body: 'x' })).body.toString());
    agent.destroy();
    return bodies.join();
  },
  stream: async (url) => {
    const lines = [];
    for await (const line of readLines((await streamHttp({ url })).body)) lines.push(line);
    return lines.join();
  },
  fetch: async (url) => await (await proxiedFetch(url, { method: 'POST', body: 'text' })).text(),
  redirected: async (url) => await (await proxiedFetch(`${url}moved`)).text(),
};

const results = {};
for (const [kind, url] of JSON.parse(process.argv[2] ?? '[]'))
  results[kind] = await kinds[kind](url).catch((error) => `${error.code ?? error.name}: ${error.message}`);
process.stdout.write(JSON.stringify(results));
