/** @needs claude ps setsid */
import { claudeCode } from '../../src/agents/claude-code.js';
import { CommandLineAgent } from '../../src/agents/command-line-agent.js';
import { describeConformance } from './conformance.js';
import { anthropicMessages } from './endpoints/index.js';

describeConformance({
  agent: new CommandLineAgent(claudeCode),
  wire: anthropicMessages,
  environment: (url) => ({ ANTHROPIC_BASE_URL: url, ANTHROPIC_MODEL: 'claude-sonnet-4-5' }),
  key: 'ANTHROPIC_API_KEY',
  runsCommands: true,
  reportsUsage: true,
  program: 'claude',
  costOfReply: 0.0045,
  startSeconds: 4,
});
