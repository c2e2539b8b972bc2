import { readdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Code that uses Temporal's protocol; it never sends an RPC or message that it does not name. */
const users = [
  'src',
  'strategies',
  join('node_modules', '@temporalio', 'client', 'lib'),
  join('node_modules', '@temporalio', 'common', 'lib'),
];

/**
 * Bundles only the used third of Temporal's protocol, which every command loads at its start; as a JSON string, which
 * is parsed faster than code.
 */
export const clientProtocol = {
  name: 'client-protocol',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]@temporalio[\\/]proto[\\/]protos[\\/]json-module\.js$/ }, async ({ path }) => {
      const code = await readFile(path, 'utf8');
      const [, head, text, tail] = /^([\s\S]*\.addJSON\()(\{[\s\S]*\})(\);[\s\S]*)$/.exec(code);
      const { nested } = keepUsed({ nested: JSON.parse(text) }, collectWords());
      return { contents: `${head}JSON.parse(${JSON.stringify(JSON.stringify(nested))})${tail}` };
    });
  },
};

function collectWords() {
  const files = users.flatMap((directory) =>
    readdirSync(join(root, directory), { recursive: true })
      .filter((file) => /(?<!\.d)\.[jt]s$/.test(file))
      .map((file) => join(root, directory, file)),
  );
  return new Set(files.flatMap((file) => readFileSync(file, 'utf8').match(/\w+/g) ?? []));
}

/** Removes RPCs and messages that are neither named in the code nor referred to by a node that stays. */
function keepUsed(protocol, words) {
  const nodes = new Map(listNodes(protocol));
  for (const { methods = {} } of nodes.values())
    for (const rpc of Object.keys(methods)) if (!words.has(toMethodName(rpc))) delete methods[rpc];
  const kept = new Set();
  const keep = (name) => {
    if (!nodes.has(name) || kept.has(name)) return;
    kept.add(name);
    keep(parentOf(name));
    for (const type of listReferences(nodes.get(name))) keep(findType(nodes, type, name));
  };
  for (const name of nodes.keys()) if (words.has(name.slice(name.lastIndexOf('.') + 1))) keep(name);
  return pick(protocol, kept);
}

/** Lists packages, services, messages and enumerations with their full names. */
const listNodes = ({ nested = {} }, scope = '') =>
  Object.entries(nested).flatMap(([key, node]) => [[within(scope, key), node], ...listNodes(node, within(scope, key))]);

const within = (scope, key) => (scope === '' ? key : `${scope}.${key}`);
const parentOf = (name) => name.slice(0, Math.max(name.lastIndexOf('.'), 0));

/** Converts `StartWorkflowExecution` to the SDK's `startWorkflowExecution`. */
const toMethodName = (rpc) => `${rpc[0].toLowerCase()}${rpc.slice(1)}`;

const listReferences = ({ fields = {}, methods = {} }) => [
  ...Object.values(fields).map(({ type }) => type),
  ...Object.values(methods).flatMap(({ requestType, responseType }) => [requestType, responseType]),
];

/** Resolves a type from the inner scope outwards; effectively undefined for scalar types, which have no node. */
const findType = (nodes, type, scope) => {
  const name = within(scope, type);
  if (nodes.has(name) || scope === '') return name;
  return findType(nodes, type, parentOf(scope));
};

function pick({ nested = {}, ...node }, kept, scope = '') {
  const inner = Object.entries(nested).filter(([key]) => kept.has(within(scope, key)));
  if (inner.length === 0) return node;
  return { ...node, nested: Object.fromEntries(inner.map(([key, one]) => [key, pick(one, kept, within(scope, key))])) };
}
