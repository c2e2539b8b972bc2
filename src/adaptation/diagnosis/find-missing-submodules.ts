import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { execa } from 'execa';
import type { MissingFinder } from './failure-context.js';

/** Finds git submodules that were never fetched, if the failure may be caused by their missing files. */
export const findMissingSubmodules: MissingFinder = async (text, { source, facts }) => {
  const module = /No module named '(\w+)/.exec(text)?.[1];
  if (module === undefined && !/no such file|not found|does not exist|missing/i.test(text)) return [];
  const empty: string[] = [];
  for (const path of await listSubmodules(source)) if (await isEmpty(join(source, path))) empty.push(path);
  const named = empty.filter((path) => text.includes(path) || isModuleName(basename(path), module));
  const isDeclared = facts.dependencies.some(({ name }) => isModuleName(name, module));
  const likely = named.length > 0 || isDeclared || module === undefined ? named : empty;
  const problem =
    likely.length === 1 ? `the submodule ${likely[0]} is empty` : `the submodules ${likely.join(', ')} are empty`;
  return likely.length === 0 ? [] : [`${problem}: run “git submodule update --init” in ${source}, then deploy again`];
};

const isModuleName = (name: string, module: string | undefined): boolean =>
  module !== undefined && name.toLowerCase().replaceAll(/[-.]/g, '_') === module.toLowerCase();

/** Lists the paths in `.gitmodules`, which has the format of a git configuration file. */
async function listSubmodules(source: string): Promise<string[]> {
  const argv = ['config', '--file', join(source, '.gitmodules'), '--null', '--get-regexp', '^submodule\\..*\\.path$'];
  const { stdout, failed } = await execa('git', argv, { reject: false, timeout: 10_000, maxBuffer: 1_000_000 });
  if (failed) return [];
  const paths = stdout.split('\0').flatMap((entry) => entry.split('\n').slice(1));
  return paths.filter((path) => path !== '' && !path.startsWith('/') && !path.split('/').includes('..'));
}

const isEmpty = (directory: string): Promise<boolean> =>
  readdir(directory).then(
    (entries) => entries.length === 0,
    () => true,
  );
