// What a feed reads for whom.
import { describe, expect, it } from '@jest/globals';
import type { LiveProjection } from '#projections/read-side.js';
import { LiveFeeds, type Follower } from './live-feed.js';
import type { LivePage, LivePages } from './live-pages.js';

const HEAD = { position: 0n, moment: 0 };

/** Pages that are answered one by one; each says what was asked for. */
class AskedPages {
  readonly asked: (readonly LiveProjection[])[] = [];
  #answers: (() => void)[] = [];

  after({ projections }: { readonly projections: readonly LiveProjection[] }): Promise<LivePage> {
    this.asked.push(projections);
    const { promise, resolve } = Promise.withResolvers<LivePage>();
    const position = BigInt(this.asked.length);
    this.#answers.push(() => resolve({ messages: [], cursor: { position, moment: 0 }, more: false, restart: false }));
    return promise;
  }

  nextDue(): Promise<null> {
    return Promise.resolve(null);
  }

  async answer(): Promise<void> {
    this.#answers.shift()!();
    for (let turn = 0; turn < 5; turn++) await Promise.resolve();
  }
}

function follower(): Follower & { readonly received: bigint[] } {
  const received: bigint[] = [];
  return { received, receive: ({ cursor }) => void received.push(cursor.position), fail: () => undefined };
}

describe('a feed', () => {
  it('reads what any of its followers asked for, and no more once one has left', async () => {
    const pages = new AskedPages();
    const feed = new LiveFeeds(pages as unknown as LivePages).at('c', HEAD);
    const [one, other] = [follower(), follower()];
    feed.join(one, HEAD, ['tracks']);
    await pages.answer();
    feed.join(other, { position: 1n, moment: 0 }, ['tracks', 'tension']);
    feed.advance();
    await pages.answer();
    feed.leave(other);
    feed.advance();
    await pages.answer();
    expect(pages.asked).toEqual([['tracks'], ['tracks', 'tension'], ['tracks']]);
  });

  it('hands out no page that was asked for before a follower joined who wants more', async () => {
    const pages = new AskedPages();
    const feed = new LiveFeeds(pages as unknown as LivePages).at('c', HEAD);
    const [one, other] = [follower(), follower()];
    feed.join(one, HEAD, ['tracks']);
    expect(feed.join(other, HEAD, ['positions'])).toBe(true);
    await pages.answer();
    expect([one.received, other.received]).toEqual([[], []]);
    await pages.answer();
    expect(pages.asked).toEqual([['tracks'], ['tracks', 'positions']]);
    expect([one.received, other.received]).toEqual([[2n], [2n]]);
  });

  it('of all crises is read when any has moved on', async () => {
    const pages = new AskedPages();
    const feeds = new LiveFeeds(pages as unknown as LivePages);
    feeds.at(null, HEAD).join(follower(), HEAD, ['tracks']);
    await pages.answer();
    feeds.advance(['any']);
    feeds.advance([]);
    expect(pages.asked).toHaveLength(2);
  });
});
