/** @needs ps setsid */
import { OpenaiAgent } from '../../src/agents/openai-agent.js';
import { describeConformance } from './conformance.js';
import { openaiChat } from './endpoints/index.js';

describeConformance({
  agent: new OpenaiAgent({ prices: { input: 1, output: 2 } }),
  wire: openaiChat,
  environment: (url) => ({ OPENAI_BASE_URL: `${url}/v1`, OPENAI_MODEL: 'scripted' }),
  key: 'OPENAI_API_KEY',
  runsCommands: true,
  reportsUsage: true,
  program: null,
  costOfReply: 0.0012,
  startSeconds: 1,
});
