// What a caller sends to register a webhook, or to have it delivered to again.
import { ArrayMinSize, ArrayUnique, IsArray, IsIn, IsString, Matches } from 'class-validator';
import { faultsOf, type Class, type Fault } from '#crisis/check.js';
import { Nested, Optional, Slug, Slugs, WebAddress } from '#crisis/fields.js';
import { invalidBody } from '#crisis/refusal.js';
import { DEVELOPMENT_TYPES, type DevelopmentType } from '#crisis/vocabulary/types.js';
import { Problem } from '../problem.js';
import { isSecret } from './signature.js';

export class WebhookFilter {
  @Optional() @Slugs(1) track?: string[];
  @Optional() @Slugs(1) actor?: string[];
  @Optional() @Slugs(1) issue?: string[];
  @Optional()
  @IsArray({ message: 'must be a list' })
  @ArrayMinSize(1, { message: 'must have at least 1 entry' })
  @ArrayUnique({ message: 'names the same one twice' })
  @IsIn(DEVELOPMENT_TYPES, { each: true, message: `must be one of ${DEVELOPMENT_TYPES.join(', ')}` })
  type?: DevelopmentType[];
  @Optional() @Slugs(1) source?: string[];
}

export class WebhookEntry {
  @WebAddress() url!: string;
  @Optional() @Slug() crisis?: string;
  @Optional() @Nested(() => WebhookFilter) filter?: WebhookFilter;
  @Optional()
  @IsString({ message: 'must be text' })
  @Matches(/^whsec_[A-Za-z0-9+/]+=*$/, { message: 'must be whsec_ and the base64 of 24 to 64 bytes' })
  secret?: string;
  @Optional()
  @IsString({ message: 'must be text' })
  @Matches(/^(?:now|\d{1,19})$/, { message: 'must be a position, such as "96", or "now"' })
  after?: string;
}

export class ReplayEntry {
  @IsString({ message: 'must be text' })
  @Matches(/^\d{1,19}$/, { message: 'must be a position, such as "96"' })
  from!: string;
}

/** @param faultOfUrl what stands against a URL @throws Problem 400 `invalid-body` */
export function readWebhookEntry(body: unknown, faultOfUrl: (url: URL) => string | undefined): WebhookEntry {
  return readEntry<WebhookEntry>(WebhookEntry, body, ({ url, secret }) => {
    const fault = URL.canParse(url) ? faultOfUrl(new URL(url)) : 'is no URL';
    return [
      ...(fault === undefined ? [] : [{ pointer: '/url', detail: fault }]),
      ...(secret === undefined || isSecret(secret)
        ? []
        : [{ pointer: '/secret', detail: 'must be whsec_ and the base64 of 24 to 64 bytes' }]),
    ];
  });
}

/** @throws Problem 400 `invalid-body` */
export function readReplayEntry(body: unknown): ReplayEntry {
  return readEntry<ReplayEntry>(ReplayEntry, body);
}

function readEntry<T extends object>(type: Class<T>, body: unknown, furtherFaults: (entry: T) => Fault[] = () => []): T {
  const faults = body === undefined ? [{ pointer: '', detail: 'is missing; send a JSON object' }] : faultsOf(type, body);
  if (faults.length === 0) faults.push(...furtherFaults(body as T));
  if (faults.length > 0) throw Problem.of(invalidBody(faults));
  return body as T;
}
