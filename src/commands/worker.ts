import { defineCommand } from './command.js';

export const worker = defineCommand({
  name: 'worker',
  summary: 'run a worker in the foreground',
  arguments: {},
  options: {},
  handlesInterruption: true,
  examples: ['TEMPORAL_ADDRESS=temporal.example.com:7233 berth worker'],
  async run() {
    await import('../../worker.js'); // reports when it polls
  },
});
