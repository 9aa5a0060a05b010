// What is asked of kept slots is what the slots beneath say, read once.
import { describe, expect, it } from '@jest/globals';
import type { Order } from '#crisis/order.js';
import type { SlotRow } from '#crisis/slots.js';
import { KeptSlots } from './kept-slots.js';
import type { Found, TrackSlots } from './tables/slots.js';

const NOW = 1000;
const LATEST = 2000;

const orderAt = (position: bigint): Order => ({ earliest: 0, latest: 0, sequence: 0, position });

/** Slots beneath, which tell of every question that comes to them: each answer is named by it. */
function asked(questions: string[]): TrackSlots {
  const answer = (...question: unknown[]): SlotRow => {
    questions.push(question.join(' '));
    return { development: question.join(' ') } as SlotRow;
  };
  const slots = {
    last: (slot: string, key: string, asOf: number) => answer('last', slot, key, asOf),
    first: (slot: string, key: string, asOf: number, from?: Order) => answer('first', slot, key, asOf, from?.position ?? 'any'),
    size: 0,
  };
  return slots as unknown as TrackSlots;
}

function found(development: string, support: number): Found<'schedule'> {
  return { value: { scheduledFor: '2022-01-10' }, development, occurredAt: '2022-01-01', order: orderAt(1n), support };
}

const NOTHING_TOGETHER = {
  standing: new Map(),
  standingOf: () => new Map(),
  failing: new Map<number, unknown>(),
  verified: () => 'single-source' as const,
};

describe('kept slots', () => {
  it('read what is asked again once, and apart from where it begins', () => {
    const questions: string[] = [];
    const slots = new KeptSlots(asked(questions), NOW, LATEST, NOTHING_TOGETHER);
    for (let times = 0; times < 2; times++) {
      expect(slots.first('delivery', 'd', NOW)?.development).toBe('first delivery d 1000 any');
      expect(slots.first('delivery', 'd', NOW, orderAt(7n))?.development).toBe('first delivery d 1000 7');
      expect(slots.first('delivery', 'd', NOW, orderAt(8n))?.development).toBe('first delivery d 1000 8');
      expect(slots.last('promise', 'p', NOW)?.development).toBe('last promise p 1000');
    }
    expect(questions).toHaveLength(4);
  });

  it('read anew what is asked of another moment', () => {
    const slots = new KeptSlots(asked([]), NOW, LATEST, NOTHING_TOGETHER);
    slots.last('proposal', 'p', NOW);
    slots.first('withdrawal', 'p', NOW);
    expect(slots.last('proposal', 'p', Infinity)?.development).toBe('last proposal p Infinity');
    expect(slots.first('withdrawal', 'p', Infinity)?.development).toBe('first withdrawal p Infinity any');
  });

  it('take every later moment for the latest of all', () => {
    const questions: string[] = [];
    const slots = new KeptSlots(asked(questions), LATEST, LATEST, NOTHING_TOGETHER);
    expect(slots.last('proposal', 'p', Infinity)).toBe(slots.last('proposal', 'p', LATEST + 1));
    expect(questions).toEqual(['last proposal p Infinity']);
  });

  it('look beneath what does not count', () => {
    const rows = new Map([
      ['counts', found('counts', 1)],
      ['fails', found('fails', 2)],
    ]);
    const together = { ...NOTHING_TOGETHER, standingOf: () => rows, failing: new Map([[2, 'single-source']]) };
    const slots = new KeptSlots(asked([]), NOW, LATEST, together);
    slots.expect('schedule', ['counts', 'fails']);
    expect(slots.last('schedule', 'counts', NOW)?.development).toBe('counts');
    expect(slots.last('schedule', 'fails', NOW)?.development).toBe('last schedule fails 1000');
  });
});
