import { isDevelopmentName } from './is-development-name.js';
import { asText, asTexts, isTable, type Table, tableAt } from './tables.js';

/** Dependency groups that uv installs by default, divided into those to install and development groups. */
export interface DefaultGroups {
  included: string[];
  excluded: string[];
}

/** Lists the default groups that a manifest configures. Without a setting, uv's default is the group `dev`. */
export function listDefaultGroups(pyproject: Table | undefined): DefaultGroups {
  const groups = Object.keys(tableAt(pyproject, 'dependency-groups') ?? {});
  const configured = tableAt(pyproject, 'tool', 'uv')?.['default-groups'];
  const chosen = asText(configured) === 'all' ? groups : asTexts(configured).filter((name) => groups.includes(name));
  return { included: chosen.filter((name) => !isDevelopmentName(name)), excluded: chosen.filter(isDevelopmentName) };
}

/** Lists the requirements of groups and of the groups that they include (PEP 735). */
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
