// The actors of a crisis: what each said, did and owes.
import { actorAt } from '#crisis/actors.js';
import type { Candidate } from '#crisis/candidate.js';
import { commitmentsAt } from '#crisis/commitments.js';
import type { Order } from '#crisis/order.js';
import { verificationOf } from '#crisis/standing.js';
import { crisisSlotsAt, failingSupports } from '../crisis-read.js';
import { danglingIn } from '../development-view.js';
import type { Point } from '../point.js';
import type { Questions } from '../read-side.js';
import type { Rows } from '../rows.js';
import { pageOf } from './page.js';
import { developmentsIn } from './timeline.js';

export function answerActors(rows: Rows, read: Questions['actors']): object {
  const { preface, shown, next } = pageOf(rows, read, (point, after) => actorsAt(rows, point, read.actor, after));
  return { ...preface, actors: shown, next };
}

/** In the order of registration: an actor's place in it is its `sequence`. */
function* actorsAt(rows: Rows, point: Point, named: readonly string[] | undefined, after: Order | undefined): Generator<Candidate<object>> {
  const { crisis, asOf, known } = point;
  const slots = crisisSlotsAt(rows, point);
  const open = [...commitmentsAt(slots, asOf, { state: ['open'] })].flatMap(({ shown }) => shown ?? []);
  const without = failingSupports(rows, point);
  const registered = rows.entries.listed(crisis.id, 'actor', point);
  for (let place = (after?.sequence ?? -1) + 1; place < registered.length; place++) {
    const id = registered[place]!;
    const order = { earliest: 0, latest: 0, sequence: place, position: 0n };
    if (named !== undefined && !named.includes(id)) {
      yield { order, shown: undefined };
      continue;
    }
    const tally = rows.dayTallies.ofActor(crisis.id, id, asOf, { known, without });
    const shown = {
      id,
      ...rows.entries.resolve(crisis.id, 'actor', id, point),
      ...actorAt(id, slots, open, asOf),
      counts: { developments: tally.developments, said: tally.countOf('said'), met: tally.countOf('met'), did: tally.countOf('did') },
      lastDevelopment: lastDevelopment(rows, point, id),
    };
    yield { order, shown };
  }
}

function lastDevelopment(rows: Rows, point: Point, actor: string): object | null {
  for (const { standing } of developmentsIn(rows, point, { filter: { actor: [actor] }, order: 'newest' })) {
    const { id, track, type, occurredAt, summary } = standing.content;
    const verification = verificationOf(standing, point.filter);
    return { track, development: id, type, occurredAt, summary, verification, dangling: danglingIn(rows, point, standing.content) };
  }
  return null;
}
