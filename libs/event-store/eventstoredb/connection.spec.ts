import { describe, expect, jest, test } from '@jest/globals';
import { Connection, InvalidConnectionString, withoutCredentials } from './connection.js';

describe('a connection string', () => {
  test.each([
    'esdb://localhost:2113?tls=false',
    'esdb://admin:changeit@one:2113,two:2113,three:2113/?keepAliveInterval=10000',
    'esdb+discover://cluster.example',
  ])('%s is taken, and nothing is said about its keep-alive', (url) => {
    const warn = jest.spyOn(console, 'warn').mockImplementation(() => undefined);
    expect(() => new Connection(url).close()).not.toThrow();
    expect(warn).not.toHaveBeenCalled();
    warn.mockRestore();
  });

  test.each(['esdb://', 'esdb://admin:secret@localhost:port', 'esdb://admin:secret@localhost?tls=perhaps'])(
    '%s is refused, without a word of what may be a password',
    (url) => {
      const refused = (() => {
        try {
          return new Connection(url);
        } catch (error) {
          return error;
        }
      })();
      expect(refused).toBeInstanceOf(InvalidConnectionString);
      expect((refused as Error).message).not.toContain('secret');
    },
  );

  test('that names a certificate that is not there is refused with its reason', () => {
    expect(() => new Connection('esdb://localhost:2113?tlsCAFile=/nowhere/ca.crt')).toThrow(/certificate/);
  });

  test('is shown to people without its credentials', () => {
    expect(withoutCredentials('esdb+discover://admin:s%40cret@one:2113?tls=true')).toBe('esdb+discover://one:2113?tls=true');
    expect(withoutCredentials('esdb://one:2113,two:2113')).toBe('esdb://one:2113,two:2113');
  });
});
