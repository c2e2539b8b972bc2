import { isDevelopmentName } from './is-development-name.js';
import { asText, asTexts, isTable, type Table, tableAt } from './tables.js';

/** Dependency groups that uv installs without being asked to: those to have, and those of its makers, to leave out. */
export interface DefaultGroups {
  included: string[];
  excluded: string[];
}

/** uv's own default is the group `dev` alone. */
export function listDefaultGroups(pyproject: Table | undefined): DefaultGroups {
  const groups = Object.keys(tableAt(pyproject, 'dependency-groups') ?? {});
  const named = tableAt(pyproject, 'tool', 'uv')?.['default-groups'];
  const chosen = asText(named) === 'all' ? groups : asTexts(named).filter((name) => groups.includes(name));
  return { included: chosen.filter((name) => !isDevelopmentName(name)), excluded: chosen.filter(isDevelopmentName) };
}

/** What these groups ask for, with the groups that they include (PEP 735). */
export function listGroupRequirements(pyproject: Table, names: string[], seen: string[] = []): string[] {
  return names.flatMap((name) => {
    const items = tableAt(pyproject, 'dependency-groups')?.[name];
    if (!Array.isArray(items) || seen.includes(name)) return [];
    return items.flatMap((item) => {
      const included = isTable(item) ? asText(item['include-group']) : undefined;
      if (included !== undefined) return listGroupRequirements(pyproject, [included], [...seen, name]);
      return typeof item === 'string' ? [item] : [];
    });
  });
}
