import { describe, expect, it } from '@jest/globals';
import type { LookupAddress } from 'node:dns';
import { addressIn, isPublic, publicLookup } from './allowed-address.js';

describe('an address', () => {
  it.each([
    '93.184.215.14',
    '1.1.1.1',
    '172.15.0.1',
    '172.32.0.1',
    '100.63.255.255',
    '2606:2800:21f:cb07:6820:80da:af6b:8b2c',
    '::ffff:1.1.1.1',
  ])('%s is public', (address) => expect(isPublic(address)).toBe(true));

  it.each([
    ['loopback', '127.0.0.1', '127.255.255.254', '::1'],
    ['private', '10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1'],
    ['link-local, where clouds keep their metadata', '169.254.169.254', 'fe80::1', 'fe80::1%eth0'],
    ['unique-local', 'fc00::1', 'fd00:ec2::254'],
    ['shared (CGNAT)', '100.64.0.1', '100.100.100.200', '100.127.255.255'],
    ['multicast or broadcast', '224.0.0.1', '239.255.255.255', '255.255.255.255', 'ff02::1'],
    ['unspecified', '0.0.0.0', '0.1.2.3', '::'],
    ['reserved or for documentation', '192.0.0.192', '192.0.2.1', '198.18.0.1', '240.0.0.1', '2001:db8::1'],
    ['IPv4 within IPv6', '::ffff:127.0.0.1', '::ffff:10.0.0.1', '::ffff:a9fe:a9fe', '::127.0.0.1', '::7f00:1'],
    ['translated', '64:ff9b::7f00:1', '2002:7f00:1::', '2001:0:7f00:1::'],
    ["a virtual machine's host", '168.63.129.16'],
    ['no address', 'localhost', '', '1.2.3.4.5'],
  ])('that is %s is not public: %s', (_, ...addresses) => {
    expect(addresses.filter(isPublic)).toEqual([]);
  });

  it.each([
    ['https://0x7f.1/', '127.0.0.1'],
    ['https://2130706433/', '127.0.0.1'],
    ['https://0177.0.0.1/', '127.0.0.1'],
    ['https://[::ffff:127.0.0.1]/', '::ffff:7f00:1'],
    ['https://localhost/', undefined],
    ['https://127.0.0.1.example/', undefined],
  ])('in %s is %s, however it is written', (url, address) => expect(addressIn(new URL(url))).toBe(address));
});

describe('a name', () => {
  const looked = (addresses: LookupAddress[], options: { all?: boolean } = {}): Promise<unknown> =>
    new Promise((resolve) => {
      const lookup = publicLookup((_, done) => done(null, addresses));
      lookup('desk.example', options, (error, ...found) => resolve(error?.message ?? found));
    });
  const [open, closed] = [
    { address: '1.1.1.1', family: 4 },
    { address: '::1', family: 6 },
  ];

  it('of public addresses is found', async () => {
    expect(await looked([open])).toEqual(['1.1.1.1', 4]);
    expect(await looked([open], { all: true })).toEqual([[open]]);
  });

  it('of which any address is not public is refused, and so is one without any', async () => {
    expect(await looked([open, closed], { all: true })).toBe(
      'desk.example is ::1, which is not a public address; PARLEY_WEBHOOK_PRIVATE=on would allow it',
    );
    expect(await looked([])).toBe('desk.example has no address');
  });
});
