import { describe, expect, it } from '@jest/globals';
import { freshSecret, isSecret, signedHeaders } from './signature.js';
import { verifies } from './testing/receiver.js';

describe('a signature', () => {
  it('is that of the test vector of Standard Webhooks', () => {
    const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
    const headers = signedHeaders(secret, 'msg_p5jXN8AQM9LWM0D4loKWxJek', 1_614_265_330_000, '{"test": 2432232314}');
    expect(headers).toEqual({
      'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    });
  });

  it('is verified by whoever has the secret, and only for the text that was signed', () => {
    const [secret, now] = [freshSecret(), Date.now()];
    const headers = signedHeaders(secret, 'm', now, 'text');
    expect(verifies(secret, { headers, text: 'text' }, now)).toBe(true);
    expect(verifies(secret, { headers, text: 'texts' }, now)).toBe(false);
    expect(verifies(freshSecret(), { headers, text: 'text' }, now)).toBe(false);
    expect(verifies(secret, { headers, text: 'text' }, now + 600_000)).toBe(false);
  });
});

describe('a secret', () => {
  const of = (bytes: number): string => `whsec_${Buffer.alloc(bytes, 7).toString('base64')}`;

  it('is fresh each time', () => {
    expect(isSecret(freshSecret())).toBe(true);
    expect(freshSecret()).not.toBe(freshSecret());
  });

  it.each([of(24), of(25), of(64)])('may be %s', (text) => expect(isSecret(text)).toBe(true));

  it.each([of(23), of(65), 'whsec_', of(32).slice(6), `${of(24)} `, 'whsec_not base64 but as long as a key has to be', 7])(
    'may not be %s',
    (text) => expect(isSecret(text)).toBe(false),
  );
});
