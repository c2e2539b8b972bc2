/** @needs aider ps setsid */
import { aider } from '../../src/agents/aider.js';
import { CommandLineAgent } from '../../src/agents/command-line-agent.js';
import { describeConformance } from './conformance.js';
import { openaiChatPlain } from './endpoints/index.js';

describeConformance({
  agent: new CommandLineAgent(aider, { prices: { input: 1, output: 2 } }),
  wire: openaiChatPlain,
  environment: (url) => ({ OPENAI_BASE_URL: `${url}/v1`, OPENAI_MODEL: 'scripted' }),
  key: 'OPENAI_API_KEY',
  runsCommands: false,
  reportsUsage: false,
  sendsFiles: true,
  program: 'aider',
  costOfReply: 0.0012,
  startSeconds: 10,
});
