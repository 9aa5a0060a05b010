// The calls about webhooks: /webhooks and what is below it.
import { Controller, Delete, Get, HttpCode, Post, Put, Req, Res } from '@nestjs/common';
import { ApiBody, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { formatMoment } from '#crisis/time.js';
import { parsePosition } from '#event-store/port.js';
import { addressOf } from '../commands/sent.js';
import { reference } from '../openapi/body-schemas.js';
import { Answers, ProblemAnswers } from '../openapi/describe.js';
import { Sender, type Outcome } from './send.js';
import { readReplayEntry, readWebhookEntry } from './webhook-entry.js';
import { Webhooks, type Retried, type WebhookStatus } from './webhooks.js';
import type { Failure, ParkedMessage } from './webhook.js';

/** How many failing tracks are listed. */
const FAILING_LISTED = 20;

@ApiTags('webhooks')
@Controller('webhooks')
export class WebhooksController {
  constructor(
    private readonly webhooks: Webhooks,
    private readonly sender: Sender,
  ) {}

  @Get()
  @ApiOperation({ summary: 'The webhooks of this replica, and how their deliveries stand' })
  @Answers('Webhooks', 'By their names')
  @ProblemAnswers([])
  list(@Res({ passthrough: true }) reply: FastifyReply): object {
    notStored(reply);
    return { webhooks: this.webhooks.all().map(statusView) };
  }

  @Put(':webhook')
  @ApiOperation({
    summary: 'Register a webhook, amend it, or enable it again',
    description:
      'Developments, corrections, retractions, reinstatements and reports are sent to its URL as CloudEvents 1.0 (JSON), signed after the Standard Webhooks ' +
      'specification, at least once, and in order for each track. The URL begins with https:// and leads to public addresses, unless PARLEY_WEBHOOK_PRIVATE=on.',
  })
  @ApiBody({
    schema: reference('WebhookEntry'),
    examples: {
      'Everything of a crisis': { value: { url: 'https://desk.example/parley', crisis: 'nato-russia-2022' } },
      'What one actor has a part in, from the beginning': {
        value: { url: 'https://desk.example/parley', filter: { actor: ['russia'] }, after: '0' },
      },
    },
  })
  @ApiResponse({ status: 201, description: 'Registered, durably. The only answer that tells the secret' })
  @ApiResponse({ status: 200, description: 'Amended, or unchanged since it says the same' })
  @ProblemAnswers([400, 404, 413, 415, 503])
  async put(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<object> {
    const { webhook: id } = addressOf<'webhook'>(request);
    const entry = readWebhookEntry(request.body, (url) => this.sender.faultOf(url));
    const { webhook, status } = await this.webhooks.put(id, entry);
    const isNew = status === 'registered';
    void reply.code(isNew ? 201 : 200);
    notStored(reply);
    return { status, ...statusView(this.webhooks.status(id)), ...(isNew && { secret: webhook.secret }) };
  }

  @Get(':webhook')
  @ApiOperation({ summary: 'A webhook, and how its deliveries stand' })
  @Answers(
    'Webhook',
    'All that matches up to `position` was accepted or parked; `pending` messages are read and not accepted yet; `failing` has the tracks that are tried again',
  )
  @ProblemAnswers([400, 404])
  get(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): object {
    notStored(reply);
    return statusView(this.webhooks.status(addressOf<'webhook'>(request).webhook));
  }

  @Delete(':webhook')
  @HttpCode(204)
  @ApiOperation({ summary: 'Delete a webhook, and what is parked of it' })
  @ApiResponse({ status: 204, description: 'Nothing more is sent' })
  @ProblemAnswers([400, 404])
  async remove(@Req() request: FastifyRequest): Promise<void> {
    await this.webhooks.remove(addressOf<'webhook'>(request).webhook);
  }

  @Post(':webhook/test')
  @HttpCode(200)
  @ApiOperation({ summary: 'Send a test message (`parley.test`) at once, and tell what became of it' })
  @ApiResponse({ status: 200, description: '`accepted`, the receiver’s `status` (null if it did not answer), and what went wrong' })
  @ProblemAnswers([400, 404])
  async test(@Req() request: FastifyRequest): Promise<object> {
    return outcomeView(await this.webhooks.test(addressOf<'webhook'>(request).webhook));
  }

  @Post(':webhook/replay')
  @HttpCode(202)
  @ApiOperation({
    summary: 'Deliver everything that matches after a position again',
    description: 'With the same message ids as before. What was parked of it is delivered too, and no longer parked.',
  })
  @ApiBody({ schema: reference('ReplayEntry'), examples: { 'From the beginning': { value: { from: '0' } } } })
  @ApiResponse({ status: 202, description: 'Begun; GET /webhooks/{webhook} tells how far it is' })
  @ProblemAnswers([400, 404, 409, 413, 415, 503])
  async replay(@Req() request: FastifyRequest): Promise<object> {
    const { webhook } = addressOf<'webhook'>(request);
    const { from } = readReplayEntry(request.body);
    await this.webhooks.replay(webhook, parsePosition(from));
    return statusView(this.webhooks.status(webhook));
  }

  @Get(':webhook/parked')
  @ApiOperation({ summary: 'The messages that were given up, the first 500 in the order of the log' })
  @Answers('ParkedMessages', 'Each with how often it was tried, and what went wrong last')
  @ProblemAnswers([400, 404])
  parked(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): object {
    notStored(reply);
    return { messages: this.webhooks.parked(addressOf<'webhook'>(request).webhook).map(parkedView) };
  }

  @Post(':webhook/parked/retry')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Try the parked messages once more, in their order',
    description: 'Until one is not accepted, or for 20 s: repeat it while there are messages `left`.',
  })
  @ApiResponse({ status: 200, description: 'What was delivered, what was not accepted, and how many are left' })
  @ProblemAnswers([400, 404, 503])
  async retryAll(@Req() request: FastifyRequest): Promise<Retried> {
    return this.webhooks.retry(addressOf<'webhook'>(request).webhook);
  }

  @Post(':webhook/parked/:message/retry')
  @HttpCode(200)
  @ApiOperation({ summary: 'Try a parked message once more' })
  @ApiResponse({ status: 200, description: 'Whether it was delivered, or what went wrong' })
  @ProblemAnswers([400, 404, 503])
  async retry(@Req() request: FastifyRequest): Promise<Retried> {
    const { webhook, message } = addressOf<'webhook' | 'message'>(request);
    return this.webhooks.retry(webhook, message);
  }
}

function notStored(reply: FastifyReply): void {
  void reply.header('Cache-Control', 'no-store');
}

function statusView({ webhook, position, pending, parked, failing }: WebhookStatus): object {
  const { id, url, crisis, filter, createdAt, disabled } = webhook;
  const isFailing = failing.length > 0;
  return {
    id,
    url,
    crisis: crisis ?? undefined,
    filter: Object.keys(filter).length === 0 ? undefined : filter,
    createdAt: formatMoment(createdAt),
    state: disabled !== null ? 'disabled' : isFailing ? 'failing' : 'delivering',
    position: String(position),
    pending,
    parked,
    failing: isFailing
      ? {
          since: formatMoment(failing[0]!.failure.since),
          tracks: failing.length,
          first: failing.slice(0, FAILING_LISTED).map(({ crisis: of, track, failure }) => ({ crisis: of, track, ...failureView(failure) })),
        }
      : null,
    disabled: disabled && { at: formatMoment(disabled.at), reason: disabled.reason },
  };
}

function failureView({ attempts, since, next, status, error }: Failure): object {
  return { since: formatMoment(since), attempts, nextAttemptAt: formatMoment(next), status, error };
}

function parkedView({ position, since, parkedAt, ...rest }: ParkedMessage): object {
  return { ...rest, position: String(position), since: formatMoment(since), parkedAt: formatMoment(parkedAt) };
}

function outcomeView({ result, status, error }: Outcome): object {
  return { accepted: result === 'accepted', status, error: error ?? null };
}
