// What a development rests on: of its reports, whatever a source filter and its verification look at. As a text, so that the
// many developments that rest on the same can be judged together.
import { isVisible, verificationOf, type SourceFilter, type StandingReport, type Verification } from './standing.js';

/** Sources with the source that each quotes, `!` before what disputes: `!haaretz reuters tass>sputnik`. Slugs have none of these signs. */
export function supportOf(reports: readonly StandingReport[]): string {
  const texts = reports.map(
    ({ report: { source, origin }, stance }) => `${stance === 'disputes' ? '!' : ''}${source}${origin === undefined ? '' : `>${origin}`}`,
  );
  return texts.length === 1 ? texts[0]! : [...new Set(texts)].sort().join(' ');
}

/** How whatever rests on a support, and is not retracted, is verified; undefined if no report that supports it is left. */
export function verificationFrom(support: string, filter?: SourceFilter): Verification | undefined {
  const standing = { retracted: false, reports: support === '' ? [] : support.split(' ').map(reportIn) };
  return isVisible(standing, filter) ? verificationOf(standing, filter) : undefined;
}

function reportIn(text: string): StandingReport {
  const disputes = text.startsWith('!');
  const [source, origin] = text.slice(disputes ? 1 : 0).split('>') as [string, string?];
  return { id: text, report: { source, origin }, stance: disputes ? 'disputes' : 'corroborates' };
}
