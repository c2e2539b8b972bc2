import type { Contract, Example } from '../contract/example.js';
import type { DocumentedCall, EntryPoint, Facts } from '../contract/facts.js';
import { FunctionInterface, type RunInterface } from '../contract/run-interface.js';
import { signatureOf } from './shapes/index.js';

export interface ContractSources {
  /** The user's own. */
  examples: readonly Example[];
  facts: Facts;
  runInterface: RunInterface;
}

/** Enough to be a check, few enough to be quick. */
const mostDocumented = 5;

/**
 * What must hold, fixed before anything is run: the user's examples, else calls that the repository documents, else the
 * weak contract. The weak one has an example only where the signature itself names a valid call: every parameter has a
 * default, none of them `None` (which often means “required after all”). Without one, nothing is called.
 */
export function determineContract({ examples, facts, runInterface }: ContractSources): Contract {
  if (examples.length > 0) return { source: 'user', examples: [...examples] };
  const parsed = FunctionInterface.safeParse(runInterface);
  if (!parsed.success) return { source: 'weak', examples: [] };
  const entry = findEntry(facts, parsed.data);
  const documented = facts.documentedCalls
    .filter((call) => isOf(call, parsed.data, entry, facts))
    .map((call) => toExample(call, parsed.data, entry))
    .filter((example) => example !== undefined);
  if (documented.length > 0) return { source: 'repository', examples: documented.slice(0, mostDocumented) };
  return {
    source: 'weak',
    examples: isCallableWithoutInputs(parsed.data, entry) ? [{ input: {}, match: 'subset' }] : [],
  };
}

const findEntry = (facts: Facts, { module, callable }: FunctionInterface): EntryPoint | undefined =>
  facts.entryPoints.find((entry) => entry.module === module && entry.callable === callable.split('.')[0]);

/** A call counts when it names the callable and stands where that name means it: its own file, or one that imports it. */
function isOf(
  call: DocumentedCall,
  { callable }: FunctionInterface,
  entry: EntryPoint | undefined,
  facts: Facts,
): boolean {
  if (entry === undefined || call.callable !== callable) return false;
  return call.origin === 'readme' || call.file === entry.file || (facts.imports[call.file] ?? []).includes(entry.file);
}

function toExample(
  call: DocumentedCall,
  { call: style }: FunctionInterface,
  entry: EntryPoint | undefined,
): Example | undefined {
  const input = style === 'inputs' ? soleArgument(call) : namedArguments(call, entry);
  if (input === undefined) return undefined;
  return Object.hasOwn(call, 'output') && call.output !== undefined
    ? { input, output: call.output, match: 'subset' }
    : { input, match: 'subset' };
}

/** `predict({...})` and `predict(inputs={...})`: the argument is the input. */
function soleArgument({ positional, input }: DocumentedCall): unknown {
  const given = [...positional, ...(positional.length > 0 ? [] : Object.values(input ?? {}))];
  return given.length === 1 ? given[0] : undefined;
}

function namedArguments({ positional, input }: DocumentedCall, entry: EntryPoint | undefined): unknown {
  if (input !== null) return input;
  const names = (entry?.parameters ?? []).filter(({ kind }) => kind === 'positional').map(({ name }) => name);
  if (positional.length > names.length) return undefined;
  return Object.fromEntries(positional.map((value, index) => [names[index], value]));
}

function isCallableWithoutInputs({ call, callable }: FunctionInterface, entry: EntryPoint | undefined): boolean {
  if (call === 'inputs' || entry === undefined) return false;
  const { parameters } = signatureOf(entry, callable.split('.')[1]);
  const isOptional = (kind: string) => kind === 'variadic' || kind === 'keywords';
  return parameters.every((parameter) => isOptional(parameter.kind) || (parameter.default ?? 'None') !== 'None');
}
