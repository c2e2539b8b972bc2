import { expect, test } from '@jest/globals';
import { parse } from 'smol-toml';
import { UserDefinedSettings } from '../../src/agents/agent-settings.js';
import { describeAiderModel, invokeAider, readLastReply } from '../../src/agents/aider.js';
import { invokeClaude } from '../../src/agents/claude-code.js';
import { describeCodexConfig, invokeCodex } from '../../src/agents/codex.js';
import { describeGeminiSettings, invokeGemini } from '../../src/agents/gemini.js';
import { describeOpencodeConfig, invokeOpencode } from '../../src/agents/opencode.js';
import { invokeUserDefined } from '../../src/agents/user-defined-agent.js';
import { exampleSetup } from './example-setup.js';

test('claude gets its limits and our session id, and ignores the repository’s settings', () => {
  const limits = { wallSeconds: 10, idleSeconds: 5, turns: 7, dollars: 1.5 };
  const { argv, input, env } = invokeClaude(exampleSetup({ model: 'claude-x' }, { limits }));
  expect(argv.join(' ')).toBe(
    '-p --output-format stream-json --verbose --dangerously-skip-permissions --setting-sources user ' +
      '--strict-mcp-config --max-turns 7 --max-budget-usd 1.5 --model claude-x --session-id new-id',
  );
  expect(input).toBe('the prompt');
  expect(env).toMatchObject({ CLAUDE_CONFIG_DIR: '/s/home/.claude', CLAUDE_CODE_MAX_RETRIES: '2' });
});

test('claude resumes a session', () => {
  expect(invokeClaude(exampleSetup({}, { session: 'old' })).argv.slice(-2)).toEqual(['--resume', 'old']);
});

test('codex resumes a session, with bounded retries and a hidden key', () => {
  const setup = exampleSetup({ model: 'm', variables: { OPENAI_API_KEY: 'k', OPENAI_BASE_URL: 'http://h/v1/' } });
  expect(invokeCodex({ ...setup, request: { ...setup.request, session: 'old' } }).argv.join(' ')).toBe(
    'exec resume old --json --skip-git-repo-check --dangerously-bypass-approvals-and-sandbox ' +
      '--disable plugins --disable unbounded_connection_retries -m m -',
  );
  const text = describeCodexConfig(setup);
  expect(text).not.toContain('"k"');
  expect(parse(text)).toMatchObject({
    project_doc_max_bytes: 0,
    shell_environment_policy: { exclude: ['CODEX_API_KEY', 'OPENAI_API_KEY'] },
    model_providers: { berth: { base_url: 'http://h/v1', env_key: 'OPENAI_API_KEY', request_max_retries: 2 } },
  });
});

test('gemini has its endpoint set, so that a .env cannot change it', () => {
  const { argv, env } = invokeGemini(exampleSetup({ model: 'g' }, { session: 'old' }));
  expect(argv.join(' ')).toBe('--output-format stream-json --yolo --skip-trust -m g --resume old');
  expect(env.GOOGLE_GEMINI_BASE_URL).toBe('https://generativelanguage.googleapis.com');
  const limits = { wallSeconds: 10, idleSeconds: 5, turns: 7 };
  expect(describeGeminiSettings(exampleSetup({}, { limits }))).toMatchObject({ model: { maxSessionTurns: 7 } });
});

test('opencode is configured by its environment, and may leave the workspace only in a sandbox', () => {
  const setup = exampleSetup({
    model: 'm',
    variables: { OPENAI_BASE_URL: 'http://h/v1' },
    prices: { input: 1, output: 2 },
  });
  const { argv, env } = invokeOpencode(setup);
  expect(argv).toEqual(['run', '--format', 'json', '--title', 'adapt']);
  expect(env.OPENCODE_DISABLE_PROJECT_CONFIG).toBe('1');
  expect(JSON.parse(env.OPENCODE_CONFIG_CONTENT as string)).toMatchObject({
    model: 'berth/m',
    permission: { external_directory: 'allow' },
    provider: { berth: { options: { baseURL: 'http://h/v1' }, models: { m: { cost: { input: 1, output: 2 } } } } },
  });
  expect(describeOpencodeConfig({ ...setup, isSandboxed: false })).toMatchObject({
    permission: { external_directory: 'deny' },
  });
});

test('aider gets its files and its history, and ignores the repository’s settings', () => {
  const files = { prompt: '/p', metadata: '/m', environment: '/e', history: '/h', inputHistory: '/i' };
  const setup = exampleSetup({ model: 'm', prices: { input: 1, output: 2 } }, { session: 'old' });
  const argv = invokeAider(setup, files, ['app.py', 'lib/x.py']).argv.join(' ');
  expect(argv).toContain('--model openai/m --openai-api-base https://api.openai.com/v1 --message-file /p --yes-always');
  expect(argv).toContain('--no-git');
  expect(argv).toContain('--no-auto-lint --no-auto-test');
  expect(argv).toContain('--env-file /e --chat-history-file /h');
  expect(argv.endsWith('--restore-chat-history --file app.py --file lib/x.py')).toBe(true);
  expect(describeAiderModel(setup)).toMatchObject({ 'openai/m': { output_cost_per_token: 0.000002 } });
});

test('the last reply in aider’s history follows the last prompt, without aider’s own lines', () => {
  const history =
    '# aider chat started at …\n> Aider v0\n#### first\n\nOld.\n\n#### second\n#### line\n\nNew\ntext.\n\n> Tokens: 1\n';
  expect(readLastReply(history)).toBe('New\ntext.');
});

test('a user-defined agent gets the prompt as a file or as standard input, and resumes with another command', () => {
  const settings = UserDefinedSettings.parse({
    argv: ['mine', '--in={prompt_file}', '{model}', '{workspace}', '{unknown}'],
    resume_argv: ['mine', 'again', '{session}'],
  });
  const setup = exampleSetup({ model: 'm' });
  expect(invokeUserDefined(settings, setup)).toEqual({
    argv: ['--in=/s/agent/prompt.md', 'm', '/w', '{unknown}'],
    input: '',
    env: {},
  });
  const resumed = invokeUserDefined(settings, exampleSetup({}, { session: 'old' }));
  expect(resumed).toEqual({ argv: ['again', 'old'], input: 'the prompt', env: {} });
});
