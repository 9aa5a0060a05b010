// Full text: developments in which all of some words stand, the most relevant first, each with the place where they stand.
//
// Guarantee: what is found is so at the point that was asked for, under every filter, and the same again at a settled one.
// Non-guarantee: of words that stand nearly everywhere, not everything is looked at. The developments that were recorded last
// are; `complete` says whether that was all.
import { compareOrder } from '#crisis/order.js';
import { reportsWith, type Standing } from '#crisis/standing.js';
import { developmentView } from '../development-view.js';
import { pointOf, prefaceOf, type Point } from '../point.js';
import type { Questions } from '../read-side.js';
import type { Rows } from '../rows.js';
import type { Version } from '../tables/developments.js';
import type { Whole } from '../tables/entries.js';
import { fieldsOfText, namedIn, type TextField } from '../tables/text.js';
import { FOREVER } from '../tables/validity.js';
import { countWords, excerptOf, wordsIn } from '../words.js';
import { cursorParts, cursorText, invalidCursor, pagePoint, pagePointOf } from './cursor.js';
import { matches } from './timeline-filter.js';

/** How many index entries are looked at, and how many developments are read, at most. */
const LOOKED_AT = 20_000;
const READ = 400;
const AT_ONCE = 50;
/** What a word in each field weighs. A name is chosen, a quote is long. */
const WEIGHTS: Readonly<Record<TextField, number>> = { names: 4, summary: 3, places: 2, quotes: 1 };

interface Found {
  readonly version: Version;
  readonly relevance: number;
  /** Where the words stand most, and its text. */
  readonly field: TextField;
  readonly text: string;
}

export function answerSearch(rows: Rows, read: Questions['timeline'], q: string): object {
  const cursor = read.cursor === undefined ? undefined : cursorParts(read.cursor, 4);
  const from = cursor?.[0] ?? 0;
  if (from < 0) throw invalidCursor();
  const pinned = cursor && pagePointOf(cursor[1]!, cursor[2]!, cursor[3]!);
  const point = pointOf(rows, read.crisis, pagePoint(read, pinned));
  const words = wordsIn(q);
  const { found, complete } = search(rows, point, read.filter, words);
  const { order } = read;
  found.sort((a, b) => {
    const newer = compareOrder(b.version.standing.order, a.version.standing.order);
    return order === 'relevance' ? b.relevance - a.relevance || newer : order === 'oldest' ? -newer : newer;
  });
  const page = found.slice(from, from + read.limit);
  const next = from + read.limit;
  return {
    ...prefaceOf(point),
    developments: page.map(({ version, field, text }) => ({
      ...developmentView(rows, point, version),
      match: { field, ...excerptOf(text, words) },
    })),
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
  const names = new ActorNames(rows, point.crisis.id);
  for (const ids of rows.text.matching(words, point.known, AT_ONCE)) {
    if (lookedAt >= LOOKED_AT || wasRead >= READ) return { found, complete: false };
    const standing = rows.developments.standing(ids, point.crisis.id, point.known);
    for (const id of ids) {
      if (++lookedAt > LOOKED_AT || wasRead >= READ) return { found, complete: false };
      const version = standing.get(id);
      if (version === undefined) continue;
      wasRead++;
      const { earliest } = version.standing.order;
      if (earliest < (filter.from ?? -FOREVER) || earliest > Math.min(filter.to ?? FOREVER, point.asOf)) continue;
      if (!matches(version.standing, filter, point)) continue;
      const judged = judge(point.filter, version, names, words);
      if (judged !== undefined) found.push({ version, ...judged });
    }
  }
  return { found, complete: true };
}

/** Undefined where a word stands only in what a source said that is left out. */
function judge(
  filter: Point['filter'],
  { id, standing }: Version,
  names: ActorNames,
  words: readonly string[],
): Omit<Found, 'version'> | undefined {
  const shown = filter === undefined ? standing : { ...standing, reports: reportsWith(standing, filter) };
  const texts = fieldsOfText(shown, names.of(standing, id));
  const fields = Object.keys(WEIGHTS) as TextField[];
  const counts = new Map(fields.map((field) => [field, countWords(texts[field], words)]));
  if (filter !== undefined && !words.every((_, index) => fields.some((field) => counts.get(field)![index]! > 0))) return undefined;
  const scores = fields.map((field) => WEIGHTS[field] * counts.get(field)!.reduce((sum, count) => sum + count / (count + 1), 0));
  const best = fields[scores.indexOf(Math.max(...scores))]!;
  return { relevance: scores.reduce((sum, score) => sum + score, 0), field: best, text: texts[best] };
}

/** As they were registered when a version was recorded: so they lie in the index. */
class ActorNames {
  /** Of each actor, the positions of its entries and the names in them, first to last. */
  readonly #entries = new Map<string, readonly { readonly position: number; readonly whole: Whole }[]>();

  constructor(
    private readonly rows: Rows,
    private readonly crisis: number,
  ) {}

  /** @param position of the version */
  of(standing: Standing, position: number): string[] {
    return namedIn(standing).map((actor) => {
      let entries = this.#entries.get(actor);
      if (entries === undefined) this.#entries.set(actor, (entries = this.rows.entries.all(this.crisis, 'actor', actor)));
      const name = entries.findLast((entry) => entry.position <= position)?.whole['name'];
      return typeof name === 'string' ? name : actor;
    });
  }
}
