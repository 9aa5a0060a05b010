import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { compareOrder } from '#crisis/order.js';
import { SlotTable } from '#crisis/slot-table.js';
import type { Standing } from '#crisis/standing.js';
import { standingsOf } from '#crisis/testing/factories.js';
import { trackState, type Tallies, type TrackInfo } from '#crisis/track-state.js';
import { FoldedSlots, type FiledSlots } from './folded-slots.js';

const INFO: TrackInfo = { id: 'us-russia', title: 'Talks', parties: [], revision: '1' };
const NOTHING = { tension: { score: null, trend: null }, lastDevelopment: undefined, uncertain: [] };
const TALLIES = { ...NOTHING, developments: 0, meetingsHeld: 0, verification: {} } as unknown as Tallies;
const MATTERS = ['promise', 'proposal', 'announced'] as const;

/** Everything that was told, as a file would have it. */
function fileOf(table: SlotTable, promises: Map<string, string[]>): FiledSlots {
  return {
    last: (slot, key) => table.last(slot, key, Infinity),
    first: (slot, key, from) => table.first(slot, key, Infinity, from),
    history: (slot, key, before) => table.history(slot, key, Infinity, before),
    keys: (slot) => (slot === 'statement' ? ['sergey-lavrov'] : []),
    promisesOn: (proposal) => promises.get(proposal) ?? [],
  };
}

const step = fc.record({
  kind: fc.constantFrom('statement', 'proposal', 'promise', 'delivery', 'withdrawal', 'announcement', 'cancellation', 'meeting'),
  number: fc.nat(3),
  of: fc.nat(3),
  day: fc.integer({ min: 10, max: 14 }),
  retracted: fc.boolean(),
});

function standingOf({ kind, number, of, day, retracted }: typeof step extends fc.Arbitrary<infer S> ? S : never): Standing {
  const [by, to] = ['russia', 'united-states'];
  const drafts = {
    statement: ['StatementMade', {}],
    proposal: ['ProposalTabled', { by, to: [to], title: 'A draft' }],
    promise: ['ResponsePromised', { by: to, to: by, proposal: `proposal-${of}`, undertaking: 'An answer' }],
    delivery: ['ResponseDelivered', { by: to, to: by, proposal: `proposal-${of}`, promise: `promise-${number}`, form: 'written' }],
    withdrawal: ['ProposalWithdrawn', { proposal: `proposal-${of}` }],
    announcement: ['MeetingAnnounced', { scheduledFor: `2022-02-0${of + 1}`, participants: [by, to] }],
    cancellation: ['MeetingCancelled', { announcement: `announcement-${of}` }],
    meeting: ['MeetingHeld', { participants: [by, to], announcement: `announcement-${of}` }],
  } as const;
  const [type, fields] = drafts[kind];
  const id = `${kind}-${number}`;
  const [fresh] = standingsOf([[type, id, `2022-01-${day}`, fields]]);
  const position = BigInt(Object.keys(drafts).indexOf(kind) * 10 + number);
  return { ...fresh!, retracted, order: { ...fresh!.order, position } };
}

describe('folded slots', () => {
  it.each([1000, 0])(
    'give the state that a table of all slots gives, whatever was told, corrected and retracted, with %d cells kept',
    (cells) => {
      fc.assert(
        fc.property(fc.array(step, { maxLength: 40 }), fc.nat(40), (steps, begun) => {
          const table = new SlotTable();
          const promises = new Map<string, string[]>();
          const told = new Map<string, Standing>();
          const whole = new FoldedSlots(fileOf(table, promises), undefined, cells);
          let later: FoldedSlots | undefined;
          const asOf = Date.parse('2022-02-02T12:00:00Z');
          steps.forEach((each, index) => {
            if (index === begun) later = new FoldedSlots(fileOf(table, promises), openIn(table), cells);
            const after = standingOf(each);
            const { content } = after;
            const before = told.get(content.id);
            if (content.type === 'ResponsePromised')
              promises.set(content.proposal!, [...new Set([...(promises.get(content.proposal!) ?? []), content.id])]);
            told.set(content.id, after);
            table.put(after);
            for (const slots of [whole, later]) {
              slots?.change(before, after);
              if (slots !== undefined) expect(trackState(INFO, slots, TALLIES, asOf)).toEqual(trackState(INFO, table, TALLIES, asOf));
            }
          });
          const orders = [...told.values()].map(({ order }) => order).sort(compareOrder);
          for (const from of [undefined, ...orders])
            for (const key of ['proposal:proposal-0/united-states', 'promise:promise-0'])
              expect(whole.first('delivery', key, asOf, from)).toEqual(table.first('delivery', key, asOf, from));
        }),
        { numRuns: 300 },
      );
    },
  );
});

function openIn(table: SlotTable): [(typeof MATTERS)[number], string][] {
  return MATTERS.flatMap((matter) => Array.from(table.open(matter), (key): [typeof matter, string] => [matter, key]));
}
