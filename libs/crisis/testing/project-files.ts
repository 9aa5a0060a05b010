// The project's own files, for specs that keep a page true. Tests run from build/<digest>, so its root is looked for.
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

export function projectRoot(): string {
  let folder = import.meta.dirname;
  while (!existsSync(join(folder, 'package-lock.json'))) {
    if (dirname(folder) === folder) throw new Error('No folder above has a package-lock.json');
    folder = dirname(folder);
  }
  return folder;
}

/** The cells of every table in a page, by the heading above it, without the tables' own headings. */
export function tablesOf(page: string): Map<string, string[][]> {
  const tables = new Map<string, string[][]>();
  let heading = '';
  for (const line of readFileSync(join(projectRoot(), page), 'utf8').split('\n')) {
    if (line.startsWith('#')) heading = line.replace(/^#+ /, '');
    if (!line.startsWith('|') || /^\|[ |:-]+$/.test(line)) continue;
    const cells = line
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim());
    tables.set(heading, [...(tables.get(heading) ?? []), cells]);
  }
  for (const rows of tables.values()) rows.shift();
  return tables;
}

/** What stands between backticks. */
export function codesIn(text: string): string[] {
  return [...text.matchAll(/`([^`]+)`/g)].map(([, code]) => code!);
}

/** The text of all sources but tests. @param folders such as `libs/crisis` */
export function sourceText(...folders: string[]): string {
  return folders
    .flatMap((folder) => globSync(`${folder}/**/*.ts`, { cwd: projectRoot() }))
    .filter((file) => !file.endsWith('.spec.ts') && !/[\\/]testing[\\/]/.test(file))
    .map((file) => readFileSync(join(projectRoot(), file), 'utf8'))
    .join('\n');
}
