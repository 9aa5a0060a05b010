// Full text: developments in which all of some words stand, the most relevant first, each with the place where they stand.
//
// Guarantee: what is found is so at the point that was asked for, under every filter, and the same again at a settled one.
// Non-guarantee: of words that stand nearly everywhere, not everything is looked at. The developments that were recorded last
// are; `complete` says whether that was all.
import { compareOrder } from '#crisis/order.js';
import { actorsIn } from '#crisis/references.js';
import { reportsWith, type Standing } from '#crisis/standing.js';
import { developmentView } from '../development-view.js';
import { pointOf, prefaceOf, type Point } from '../point.js';
import type { Questions } from '../read-side.js';
import type { Rows } from '../rows.js';
import type { Version } from '../tables/developments.js';
import { fieldsOfText, type TextField } from '../tables/text.js';
import { FOREVER } from '../tables/validity.js';
import { cursorParts, cursorText, pagePoint } from './cursor.js';
import { matches } from './timeline-filter.js';
import { countWords, excerptOf, wordsIn, type Excerpt } from './words.js';

/** How many index entries are looked at, and how many developments are read, at most. */
const LOOKED_AT = 20_000;
const READ = 400;
/** What a word in each field weighs. A name is chosen, a quote is long. */
const WEIGHTS: Readonly<Record<TextField, number>> = { names: 4, summary: 3, places: 2, quotes: 1 };

interface Found {
  readonly version: Version;
  readonly relevance: number;
  readonly excerpt: Excerpt & { readonly field: TextField };
}

export function answerSearch(rows: Rows, read: Questions['timeline'], q: string): object {
  const cursor = read.cursor === undefined ? undefined : cursorParts(read.cursor, 4);
  const pinned = cursor && { asOf: cursor[1]!, knownAt: cursor[2]!, position: BigInt(cursor[3]!) };
  const point = pointOf(rows, read.crisis, pagePoint(read, pinned));
  const words = wordsIn(q);
  const { found, complete } = search(rows, point, read.filter, words);
  const { order } = read;
  found.sort((a, b) => {
    const newer = compareOrder(b.version.standing.order, a.version.standing.order);
    return order === 'relevance' ? b.relevance - a.relevance || newer : order === 'oldest' ? -newer : newer;
  });
  const from = cursor?.[0] ?? 0;
  const page = found.slice(from, from + read.limit);
  const next = from + read.limit;
  return {
    ...prefaceOf(point),
    developments: page.map(({ version, excerpt }) => ({ ...developmentView(rows, point, version), match: excerpt })),
    complete,
    next: next < found.length ? cursorText([next, point.asOf, point.knownAt, point.position]) : null,
  };
}

function search(
  rows: Rows,
  point: Point,
  filter: Questions['timeline']['filter'],
  words: readonly string[],
): { found: Found[]; complete: boolean } {
  const found: Found[] = [];
  let lookedAt = 0;
  let wasRead = 0;
  for (const id of rows.text.matching(words, point.known)) {
    if (++lookedAt > LOOKED_AT || wasRead >= READ) return { found, complete: false };
    if (!rows.developments.stands(id, point.crisis.id, point.known)) continue;
    wasRead++;
    const version = rows.developments.version(id);
    const { earliest } = version.standing.order;
    if (earliest < (filter.from ?? -FOREVER) || earliest > Math.min(filter.to ?? FOREVER, point.asOf)) continue;
    if (!matches(version.standing, filter, point)) continue;
    const judged = judge(rows, point, version, words);
    if (judged !== undefined) found.push({ version, ...judged });
  }
  return { found, complete: true };
}

/** Undefined where a word stands only in what a source said that is left out. */
function judge(
  rows: Rows,
  { crisis, filter }: Point,
  { id, standing }: Version,
  words: readonly string[],
): Omit<Found, 'version'> | undefined {
  const shown = filter === undefined ? standing : { ...standing, reports: reportsWith(standing, filter) };
  const texts = fieldsOfText(shown, namesOf(rows, crisis.id, standing, id));
  const fields = Object.keys(WEIGHTS) as TextField[];
  const counts = new Map(fields.map((field) => [field, countWords(texts[field], words)]));
  if (filter !== undefined && !words.every((_, index) => fields.some((field) => counts.get(field)![index]! > 0))) return undefined;
  const scores = fields.map((field) => WEIGHTS[field] * counts.get(field)!.reduce((sum, count) => sum + count / (count + 1), 0));
  const best = fields[scores.indexOf(Math.max(...scores))]!;
  return { relevance: scores.reduce((sum, score) => sum + score, 0), excerpt: { field: best, ...excerptOf(texts[best], words) } };
}

/** As they were registered when the version was recorded: so they lie in the index. */
function namesOf(rows: Rows, crisis: number, { content }: Standing, position: number): string[] {
  return actorsIn(content).map((actor) => {
    const name = rows.entries.standing(crisis, 'actor', actor, { knownAt: FOREVER, position })?.['name'];
    return typeof name === 'string' ? name : actor;
  });
}
