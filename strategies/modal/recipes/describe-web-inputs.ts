import { chooseCallStyle } from '../../../src/adaptation/shapes/index.js';
import type { Parameter } from '../../../src/contract/facts.js';

/** Describes which inputs go into the query and which into the body of a request. */
export interface WebInputs {
  query: string[];
  /** `inputs`: all inputs unchanged. Otherwise these inputs: a single one as its value, several by name. */
  body: 'inputs' | string[];
}

/**
 * Describes inputs as FastAPI reads a function's parameters: plain values from the query, others from the body.
 */
export function describeWebInputs(parameters: Parameter[]): WebInputs {
  const named = parameters.filter(({ kind, annotation }) => kind !== 'keywords' && annotation !== 'Request');
  const query = named.filter(isFromQuery).map(({ name }) => name);
  const body = named.map(({ name }) => name).filter((name) => !query.includes(name));
  const isWhole = query.length === 0 && named.length === 1 && chooseCallStyle(named) === 'inputs';
  return { query, body: isWhole ? 'inputs' : body };
}

const plainTypes = new Set(['str', 'int', 'float', 'bool', 'bytes', 'date', 'datetime', 'UUID', 'Decimal', 'Literal']);

function isFromQuery({ annotation, default: value }: Parameter): boolean {
  const written = `${annotation ?? ''} ${value ?? ''}`;
  if (/\b(Body|Form|File)\(/.test(written)) return false;
  if (/\bQuery\(/.test(written) || annotation === null) return true;
  const bare = annotation
    .replace(/^(?:typing\.)?Optional\[(.*)\]$/, '$1')
    .replace(/^(?:typing\.)?Annotated\[([^,]*),.*$/, '$1')
    .replace(/\s*\|\s*None$/, '');
  return plainTypes.has(bare.split('[')[0]?.split('.').at(-1)?.trim() ?? '');
}
