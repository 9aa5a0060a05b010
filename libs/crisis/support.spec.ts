import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isVisible, verificationOf, type StandingReport } from './standing.js';
import { supportOf, verificationFrom } from './support.js';

const SOURCES = ['dw', 'reuters', 'tass', 'tass-2'];
const report = fc.record({
  id: fc.constant('r'),
  report: fc.record({ source: fc.constantFrom(...SOURCES), origin: fc.constantFrom(...SOURCES) }, { requiredKeys: ['source'] }),
  stance: fc.constantFrom('corroborates' as const, 'disputes' as const),
}) as fc.Arbitrary<StandingReport>;
const filter = fc.record({
  exclude: fc.subarray(SOURCES),
  minReliability: fc.constantFrom('A' as const, 'C' as const, undefined),
  grades: fc.array(fc.constantFrom('A' as const, 'B' as const, 'D' as const, 'F' as const), { minLength: 4, maxLength: 4 }),
});

describe('a support', () => {
  it('is judged by any source filter as the reports are of which it was made', () => {
    fc.assert(
      fc.property(fc.array(report, { maxLength: 4 }), filter, (reports, { exclude, minReliability, grades }) => {
        const only = { exclude, minReliability, reliabilityOf: (source: string) => grades[SOURCES.indexOf(source)] };
        const standing = { retracted: false, reports };
        const expected = isVisible(standing, only) ? verificationOf(standing, only) : undefined;
        expect(verificationFrom(supportOf(reports), only)).toBe(expected);
      }),
    );
  });

  it('is the same for the same reports in any order, however often one comes', () => {
    fc.assert(
      fc.property(fc.array(report, { minLength: 1, maxLength: 4 }), (reports) => {
        expect(supportOf([...reports.toReversed(), reports[0]!])).toBe(supportOf(reports));
      }),
    );
  });
});
