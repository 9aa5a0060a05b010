// What the crisis that ships with Parley answers to permalinks, as digests: kept for each version of the projection.
import { hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { projectRoot } from '#crisis/testing/project-files.js';
import { PROJECTION_VERSION } from '#projections/version.js';
import { Service } from '../e2e/command-service.js';

const CRISIS = '/crises/nato-russia-2022';
const POINT = `asOf=2022-01-25&knownAt=2022-01-26&position=96&projection=${PROJECTION_VERSION}`;
/** Every read, with what it can be asked. */
const READS = [
  '/crises?',
  `${CRISIS}?`,
  `${CRISIS}/tracks?`,
  `${CRISIS}/tracks?excludeSource=live-article&minReliability=C&`,
  `${CRISIS}/timeline?limit=500&`,
  `${CRISIS}/timeline?limit=500&order=oldest&q=security&`,
  `${CRISIS}/timeline?limit=5&actor=sergey-lavrov&verification=single-source&`,
  `${CRISIS}/tracks/us-russia/developments/written-answer-promised?`,
  `${CRISIS}/tracks/us-russia/developments/draft-treaty-tabled?`,
];

export interface CitedAnswers {
  readonly projection: number;
  /** By address without its point. */
  readonly digests: Readonly<Record<string, string>>;
}

export const CITED_ANSWERS = join(projectRoot(), 'test', 'data', 'cited-answers.json');

export function keptAnswers(): CitedAnswers {
  return JSON.parse(readFileSync(CITED_ANSWERS, 'utf8')) as CitedAnswers;
}

/** As this release answers. */
export async function answersNow(): Promise<CitedAnswers> {
  const service = await Service.start({ PARLEY_DEMO: 'on' });
  try {
    while ((await service.get('/health/ready')).status !== 200) await sleep(20);
    const digests: Record<string, string> = {};
    const log = (await service.get('/health/ready')).body.store.id as string;
    for (const read of READS) {
      const response = await fetch(`${service.url}${read}${POINT}&log=${log}`);
      const text = await response.text();
      if (response.status !== 200) throw new Error(`${read}${POINT}: ${text}`);
      // Every log has an id of its own.
      digests[read] = hash('sha256', text.replaceAll(log, 'log'), 'hex');
    }
    return { projection: PROJECTION_VERSION, digests };
  } finally {
    await service.remove();
  }
}
