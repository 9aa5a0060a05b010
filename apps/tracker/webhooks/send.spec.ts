import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Receiver, verifies } from './testing/receiver.js';
import { Sender, type SenderOptions } from './send.js';
import { freshSecret } from './signature.js';

const MESSAGE = { id: 'msg-1', body: '{"text":"Привет"}' };
const secret = freshSecret();

let receiver: Receiver;
const senders: Sender[] = [];
beforeEach(async () => {
  receiver = await Receiver.open();
});
afterEach(async () => {
  for (const sender of senders.splice(0)) sender.close();
  await receiver.close();
});

function senderOf(options: Partial<SenderOptions> = {}): Sender {
  const sender = new Sender({ allowPrivate: true, ...options });
  senders.push(sender);
  return sender;
}

const sent = (sender = senderOf(), url = receiver.url, signal = new AbortController().signal) =>
  sender.send({ url, secret }, MESSAGE, Date.now(), signal);

describe('a message', () => {
  it('is sent as it is, signed, and accepted with any 2xx', async () => {
    receiver.answer = () => ({ status: 202, body: 'thank you' });
    expect(await sent()).toEqual({ result: 'accepted', status: 202 });
    const [received] = receiver.received;
    expect(received).toMatchObject({ text: MESSAGE.body, id: 'msg-1', headers: { 'content-type': 'application/cloudevents+json' } });
    expect(verifies(secret, received!, Date.now())).toBe(true);
  });

  it.each([
    [500, {}, { result: 'failed', status: 500, error: 'The receiver answered 500' }],
    [503, { 'retry-after': '7' }, { result: 'failed', status: 503, error: 'The receiver answered 503', retryAfter: 7000 }],
    [410, {}, { result: 'gone', status: 410, error: 'The receiver answered 410: it wants nothing more' }],
  ])('is not accepted with %i', async (status, headers, outcome) => {
    receiver.answer = () => ({ status, headers });
    expect(await sent()).toEqual(outcome);
  });

  it('does not follow a redirect', async () => {
    const elsewhere = await Receiver.open();
    receiver.answer = () => ({ status: 307, headers: { location: elsewhere.url } });
    expect(await sent()).toEqual({ result: 'failed', status: 307, error: 'The receiver answered 307, and redirects are not followed' });
    expect([receiver.received.length, elsewhere.received.length]).toEqual([1, 0]);
    await elsewhere.close();
  });

  it('waits for an answer so long and no longer, and can be cut off', async () => {
    receiver.answer = () => new Promise(() => undefined);
    expect(await sent(senderOf({ timeout: 50 }))).toEqual({ result: 'failed', status: null, error: 'No answer within 0.05 s' });
    const cutting = new AbortController();
    const outcome = sent(senderOf(), receiver.url, cutting.signal);
    await receiver.hasReceived(2);
    cutting.abort();
    expect(await outcome).toEqual({ result: 'failed', status: null, error: 'It was cut off' });
  });

  it('is not held up by an answer that has no end', async () => {
    receiver.answer = () => ({ status: 200, body: 'x'.repeat(1024 * 1024) });
    expect((await sent()).result).toBe('accepted');
    expect((await sent()).result).toBe('accepted');
  });

  it('is sent on a new connection where the receiver closes the one that was kept, and not again on a new one that breaks', async () => {
    const sender = senderOf();
    expect((await sent(sender)).result).toBe('accepted');
    let connections = 0;
    receiver.answer = ({ cut }) => {
      if (connections++ < 1) cut();
      return { status: 200 };
    };
    expect((await sent(sender)).result).toBe('accepted');
    receiver.answer = ({ cut }) => (cut(), { status: 200 });
    expect(await sent(senderOf())).toMatchObject({ result: 'failed', status: null });
    expect(receiver.received).toHaveLength(4);
  });

  it('tells why nobody answers', async () => {
    const { url } = receiver;
    await receiver.close();
    expect(await sent(senderOf(), url)).toMatchObject({ result: 'failed', status: null, error: expect.stringContaining('ECONNREFUSED') });
    receiver = await Receiver.open();
  });
});

describe('where private addresses are not allowed', () => {
  it.each([
    ['http://desk.example/', 'plain http'],
    ['https://127.0.0.1/', 'not a public address'],
    ['https://[::1]/', 'not a public address'],
    ['https://0x7f.1/', 'not a public address'],
    ['https://169.254.169.254/latest/meta-data', 'not a public address'],
    ['https://user:password@desk.example/', 'no user'],
    ['ftp://desk.example/', 'https://'],
  ])('%s is refused', async (url, reason) => {
    const sender = senderOf({ allowPrivate: false });
    expect(sender.faultOf(new URL(url))).toContain(reason);
    expect(await sent(sender, url)).toMatchObject({ result: 'failed', status: null, error: expect.stringContaining(reason) });
  });

  it('a name that comes to mean a private address is refused where the connection would be made', async () => {
    const looked: string[] = [];
    const sender = senderOf({
      allowPrivate: false,
      resolve: (hostname, done) => {
        looked.push(hostname);
        done(null, [{ address: '127.0.0.1', family: 4 }]);
      },
    });
    const url = `https://desk.example:${receiver.port}/`;
    expect(sender.faultOf(new URL(url))).toBeUndefined();
    expect(await sent(sender, url)).toMatchObject({
      result: 'failed',
      status: null,
      error: 'desk.example is 127.0.0.1, which is not a public address; PARLEY_WEBHOOK_PRIVATE=on would allow it',
    });
    expect(looked).toEqual(['desk.example']);
    expect(receiver.received).toEqual([]);
  });
});
