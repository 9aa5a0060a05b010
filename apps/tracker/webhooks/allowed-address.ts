// Where messages may be sent: to public addresses alone, unless a setting allows all.
//
// A name is looked at where a connection is made, not before: what it meant when it was registered says nothing, since who
// owns the name can let it mean something else (DNS rebinding).
import { lookup, type LookupAddress } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';

/** Finds the addresses of a name, all of them. */
export type Resolve = (hostname: string, done: (error: Error | null, addresses: LookupAddress[]) => void) => void;

export const systemResolve: Resolve = (hostname, done) => lookup(hostname, { all: true }, done);

/** Global unicast as it is given out (RFC 4291): outside it, no IPv6 address is anybody's. */
const IPV6_GIVEN_OUT = ipaddr.IPv6.parseCIDR('2000::/3');
/** Public by its number, but answered by the host of a virtual machine in Azure. */
const OF_THE_HOST = '168.63.129.16';

/**
 * Whether an address is one of the public Internet: none that is loopback, private, link-local (where clouds keep their metadata),
 * unique-local, shared (CGNAT), multicast, unspecified or reserved, nor one that leads to such by translation.
 */
export function isPublic(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.process(address); // an IPv4 address within an IPv6 one is what it stands for
  if (parsed.range() !== 'unicast' || parsed.toString() === OF_THE_HOST) return false;
  return parsed.kind() === 'ipv4' || (parsed as ipaddr.IPv6).match(IPV6_GIVEN_OUT);
}

/** Nothing was sent: the name means an address that is not public. */
export class AddressRefused extends Error {
  override readonly name = 'AddressRefused';
  constructor(hostname: string, address: string) {
    super(
      `${hostname === address ? address : `${hostname} is ${address}, which`} is not a public address; PARLEY_WEBHOOK_PRIVATE=on would allow it`,
    );
  }
}

/** For the sockets of a request: refuses a name of which any address is not public. */
export function publicLookup(resolve: Resolve): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, (error, addresses) => {
      const [first] = addresses ?? [];
      if (error !== null) return callback(error, '');
      const refused = addresses.find(({ address }) => !isPublic(address));
      if (refused !== undefined) return callback(new AddressRefused(hostname, refused.address), '');
      if (first === undefined) return callback(new Error(`${hostname} has no address`), '');
      return options.all === true ? callback(null, addresses) : callback(null, first.address, first.family);
    });
  };
}

/** An address that stands in a URL as such: no lookup sees it. Undefined for a name. */
export function addressIn({ hostname }: URL): string | undefined {
  const bare = hostname.replace(/^\[(.*)\]$/, '$1');
  return isIP(bare) === 0 ? undefined : bare;
}
