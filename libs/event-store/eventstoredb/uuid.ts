// UUIDs on the wire: a server may answer in two numbers what it was asked in text.
import shared from '@eventstore/db-client/generated/shared_pb.js';

export function uuidOf(text: string): shared.UUID {
  return new shared.UUID().setString(text);
}

export function textOfUuid(uuid: shared.UUID): string {
  const numbers = uuid.getStructured();
  if (numbers === undefined) return uuid.getString();
  const hex = [numbers.getMostSignificantBits(), numbers.getLeastSignificantBits()]
    .map((bits) => BigInt.asUintN(64, BigInt(bits)).toString(16).padStart(16, '0'))
    .join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
