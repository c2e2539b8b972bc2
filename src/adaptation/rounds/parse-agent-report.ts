import { parseDocument } from 'yaml';
import * as z from 'zod';
import { CallStyle, FunctionInterface, RunInterface } from '../../contract/run-interface.js';
import { findElements, removeElements } from './find-elements.js';

/** The final report of an agent. It is not trusted: the verification checks the interface. */
export interface AgentReport {
  runInterface: RunInterface;
  /** Address of the software according to the agent; only shown to the user. */
  endpointUrl: string | null;
  /** The agent's message in one line. */
  summary: string;
}

const maxSummaryLength = 200;
/** Maximum characters of a message that are read, from its end, where the tags are. */
const maxMessageLength = 200_000;
/** Maximum characters and nesting depth of a run interface, which contains only a few names. */
const [maxInterfaceLength, maxDepth] = [4_000, 20];

/** Directories within the revision. */
const RepositoryPaths = z.array(z.string().refine((path) => !/^([/\\~]|[a-z]:)|(^|[/\\])\.\.([/\\]|$)/i.test(path)));

/** A function interface in which call style and import paths are optional: they are derived from the code. */
const ReportedFunction = FunctionInterface.extend({ call: CallStyle.optional(), paths: RepositoryPaths.optional() });

/**
 * Parses the tags of a final message; of several, the last counts. Tolerates prose, fences, attributes, single quotes and
 * trailing commas. Returns the problem, worded for the agent, if the run interface is missing or invalid.
 */
export function parseAgentReport(fullMessage: string, type: string): AgentReport | { problem: string } {
  const message = fullMessage.slice(-maxMessageLength);
  const interfaces = findElements(message, 'run_interface');
  const content = interfaces.at(-1)?.content;
  if (content === undefined) return { problem: 'it has no <run_interface>…</run_interface>.' };
  if (content.length > maxInterfaceLength)
    return { problem: `the run interface has ${content.length} characters; the maximum is ${maxInterfaceLength}.` };
  const value = parseLeniently(content);
  const schema = type === 'function' ? ReportedFunction : RunInterface;
  const parsed = schema.safeParse(value);
  if (!parsed.success) return { problem: describeProblem(content, parsed.error) };
  if (parsed.data.type !== type) {
    return { problem: `the run interface has the type “${parsed.data.type}”; this strategy requires “${type}”.` };
  }
  const url = parseUrl(findElements(message, 'endpoint_url').at(-1)?.content);
  if (url === undefined) return { problem: '<endpoint_url> does not contain an http or https address.' };
  return { runInterface: parsed.data, endpointUrl: url, summary: summarize(removeElements(message, interfaces)) };
}

/** Parses JSON as YAML, which allows what models write: single quotes, trailing commas, bare keys. Undefined if invalid. */
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

/** Detects deep nesting of brackets or `- - - -`: the parser is recursive and could overflow the stack. */
function isDeeplyNested(text: string): boolean {
  let depth = 0;
  for (const bracket of text.match(/[[\]{}]/g) ?? []) {
    depth = bracket === '[' || bracket === '{' ? depth + 1 : Math.max(depth - 1, 0);
    if (depth > maxDepth) return true;
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

/** Returns null if there is no URL, undefined if it is invalid. */
function parseUrl(content: string | undefined): string | null | undefined {
  const text = (content ?? '').replaceAll(/[`"'\s]/g, '');
  if (text === '' || /^(none|null|n\/a|-)$/i.test(text)) return null;
  return URL.canParse(text) && /^https?:/i.test(text) ? text : undefined;
}

function summarize(message: string): string {
  const prose = removeElements(message, findElements(message, 'endpoint_url'));
  const lines = prose.split('\n').map((line) => line.replace(/^[\s#*>-]+/, '').trim());
  const summary = lines.find((line) => line !== '' && !line.startsWith('```')) ?? 'adapted the workspace';
  return summary.length <= maxSummaryLength ? summary : `${summary.slice(0, maxSummaryLength)}…`;
}
