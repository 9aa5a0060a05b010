import { describe, expect, it } from '@jest/globals';
import { codesIn, sourceText, tablesOf } from './testing/project-files.js';

// As apps/tracker/problem.ts has them; libs may not import it.
const STATUS_OF: Record<string, string> = {
  invalid: '400',
  rule: '422',
  'not-found': '404',
  conflict: '409',
  precondition: '412',
  unavailable: '503',
};

const tables = tablesOf('docs/problems.md');
/** `code status` of each row. */
const documented = (heading: string): string[] =>
  (tables.get(heading) ?? [])
    .flatMap(([code, statuses]) => statuses!.split(', ').map((status) => `${codesIn(code!)[0]} ${status}`))
    .toSorted();

/** The codes that `refusal(...)`, `refused(...)` and `rule(...)` are called with. */
function refusalsInCode(): string[] {
  const text = sourceText('libs', 'apps');
  const found = [...text.matchAll(/\brefus(?:al|ed)\(\s*'([a-z-]+)',\s*'([a-z-]+)'/g)].map(
    ([, kind, code]) => `${code} ${STATUS_OF[kind!]}`,
  );
  const rules = [...text.matchAll(/\brule\(\s*'([a-z-]+)'/g)].map(([, code]) => `${code} 422`);
  const names = ['actor', 'issue', 'source', 'track'].map((kind) => `unknown-${kind} 422`); // of a template
  return [...new Set([...found, ...rules, ...names])].toSorted();
}

describe('docs/problems.md', () => {
  it('has the statuses that the service gives', () => {
    const service = sourceText('apps/tracker');
    for (const [kind, status] of Object.entries(STATUS_OF)) expect(service).toMatch(new RegExp(`['"]?${kind}['"]?: ${status}`));
  });

  it('lists every refusal in the code with its status, and no other', () => {
    expect(documented('Refusals of a command')).toEqual(refusalsInCode());
  });

  it('lists every other problem in the code with its status, and no other', () => {
    const calls = sourceText('apps').matchAll(/new Problem\(\s*(\d{3}|statusCode),\s*'([a-z-]+)'/g);
    const inCode = new Set([...calls].map(([, status, code]) => `${code} ${status === 'statusCode' ? '400' : status}`));
    expect(documented('Other problems')).toEqual([...inCode].toSorted());
  });

  it('lists each code once, in the order of the alphabet', () => {
    for (const rows of tables.values()) {
      const codes = rows.map(([code]) => code!);
      expect(codes).toEqual([...new Set(codes)].toSorted());
    }
  });
});
