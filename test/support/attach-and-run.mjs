// Another process of this host: makes a runner from the handle that it reads, calls it, prints the answer.
import { text } from 'node:stream/consumers';
import { createJiti } from 'jiti';

const { module, className, handle, inputs } = JSON.parse(await text(process.stdin));
const loaded = await createJiti(import.meta.url, { fsCache: false }).import(module);
const runner = new loaded[className](handle.plan);
await runner.attach(handle);
const [answer, health] = [await runner.run(inputs), await runner.isHealthy()];
await runner.close();
process.stdout.write(JSON.stringify({ answer, health }));
