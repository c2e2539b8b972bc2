import { parseDocument } from 'yaml';
import * as z from 'zod';
import { CallStyle, FunctionInterface, RunInterface } from '../../contract/run-interface.js';
import { findElements, removeElements } from './find-elements.js';

/** What an agent says at its end. It is believed in nothing: the ladder tries the interface. */
export interface AgentReport {
  runInterface: RunInterface;
  /** Where it says that the software answers; only ever reported. */
  endpointUrl: string | null;
  /** Its words in one line. */
  summary: string;
}

const maxSummaryLength = 200;
/** Characters of a message that are read, from its end; the tags stand there. */
const maxMessageLength = 200_000;
/** Characters of a run interface, which has a few names in it, and brackets within brackets. */
const [longestInterface, deepest] = [4_000, 20];

/** Directories of the revision itself. */
const RepositoryPaths = z.array(z.string().refine((path) => !/^([/\\~]|[a-z]:)|(^|[/\\])\.\.([/\\]|$)/i.test(path)));

/** How it is called, and from where it is imported, is not the agent's to say: the code itself tells. */
const ReportedFunction = FunctionInterface.extend({ call: CallStyle.optional(), paths: RepositoryPaths.optional() });

/**
 * Reads the tags out of a final message; of several the last counts. Around and in them much is tolerated: prose,
 * fences, attributes, single quotes, trailing commas. Answers with the problem, in words for the agent, when the run
 * interface is missing or not valid.
 */
export function parseAgentReport(whole: string, type: string): AgentReport | { problem: string } {
  const message = whole.slice(-maxMessageLength);
  const interfaces = findElements(message, 'run_interface');
  const content = interfaces.at(-1)?.content;
  if (content === undefined) return { problem: 'it has no <run_interface>…</run_interface>.' };
  if (content.length > longestInterface)
    return { problem: `the run interface has ${content.length} characters; it takes at most ${longestInterface}.` };
  const value = parseLeniently(content);
  const schema = type === 'function' ? ReportedFunction : RunInterface;
  const parsed = schema.safeParse(value);
  if (!parsed.success) return { problem: describeProblem(content, parsed.error) };
  if (parsed.data.type !== type) {
    return { problem: `the run interface has the type “${parsed.data.type}”; this strategy takes “${type}”.` };
  }
  const url = parseUrl(findElements(message, 'endpoint_url').at(-1)?.content);
  if (url === undefined) return { problem: 'what stands in <endpoint_url> is no http or https address.' };
  return { runInterface: parsed.data, endpointUrl: url, summary: summarize(removeElements(message, interfaces)) };
}

/** YAML knows all that models do to JSON: single quotes, trailing commas, bare keys. Undefined when it is neither. */
function parseLeniently(content: string): unknown {
  const text = removeFences(content);
  if (isDeeplyNested(text)) return undefined;
  const document = parseDocument(text, { schema: 'core', version: '1.2' });
  if (document.errors.length > 0) return undefined;
  try {
    return document.toJS({ maxAliasCount: 0 });
  } catch {
    return undefined;
  }
}

/** Brackets in brackets, or `- - - -`: the parser calls itself for each, and may take the process down with it. */
function isDeeplyNested(text: string): boolean {
  let depth = 0;
  for (const bracket of text.match(/[[\]{}]/g) ?? []) {
    depth = bracket === '[' || bracket === '{' ? depth + 1 : Math.max(depth - 1, 0);
    if (depth > deepest) return true;
  }
  return /(?:[-?:]\s+){20}/.test(text);
}

function removeFences(content: string): string {
  const lines = content.split('\n').filter((line) => !/^```\w*$/.test(line.trim()));
  const text = lines.join('\n').trim().replace(/^`+/, '');
  let end = text.length;
  while (text[end - 1] === '`') end -= 1;
  return text.slice(0, end).trim();
}

function describeProblem(content: string, error: z.ZodError): string {
  const problems = error.issues.map(({ path, message }) => [path.join('.'), message].filter(Boolean).join(': '));
  return `the run interface ${JSON.stringify(content.trim().slice(0, 300))} is not valid: ${problems.join('; ')}.`;
}

/** Null where none is given, undefined where it is no address. */
function parseUrl(content: string | undefined): string | null | undefined {
  const text = (content ?? '').replaceAll(/[`"'\s]/g, '');
  if (text === '' || /^(none|null|n\/a|-)$/i.test(text)) return null;
  return URL.canParse(text) && /^https?:/i.test(text) ? text : undefined;
}

function summarize(message: string): string {
  const prose = removeElements(message, findElements(message, 'endpoint_url'));
  const lines = prose.split('\n').map((line) => line.replace(/^[\s#*>-]+/, '').trim());
  const line = lines.find((one) => one !== '' && !one.startsWith('```')) ?? 'adapted the workspace';
  return line.length <= maxSummaryLength ? line : `${line.slice(0, maxSummaryLength)}…`;
}
